import type { WakeReason } from "../contracts/store.ts"
import type { EntryAddress } from "../entry/key.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import type { Parts } from "./parts.ts"

/** The least time to wait for another process's load before asking again, in milliseconds, when no load was measured yet. */
const shortestCapMs = 1000

/** A reader's place among those who wait for another process's load. Registered when made, which is before LEASE is sent. */
export class Waiter {
  readonly #parts: Parts
  readonly #unregister: () => void
  #woken: WakeReason | undefined
  #wake: ((reason: WakeReason) => void) | undefined

  constructor(parts: Parts, address: EntryAddress) {
    this.#parts = parts
    this.#unregister = parts.store.onWake(address, (reason) => {
      if (this.#wake === undefined) this.#woken = reason
      else this.#wake(reason)
    })
  }

  /**
   * Resolves with the reason of the wake-up, or with `cap` after a jittered time that is never shorter than a typical load.
   *
   * @param typicalCostMs what a load of this cache usually takes
   */
  async wait(typicalCostMs: number): Promise<WakeReason | "cap"> {
    const early = this.#woken
    this.#woken = undefined
    // A failure heard before LEASE was answered is that of an older load than the one to wait for.
    if (early !== undefined) return early === "failed" ? "released" : early
    const capMs = Math.max(shortestCapMs, typicalCostMs) * (1 + this.#parts.random.float())
    let timer: unknown
    const reason = await new Promise<WakeReason | "cap">((resolve) => {
      this.#wake = resolve
      timer = this.#parts.clock.setTimeout(() => resolve("cap"), capMs)
    })
    this.#wake = undefined
    this.#parts.clock.clearTimeout(timer)
    return reason
  }

  /** Calls `react` at every wake-up instead of waiting for one, and at once for one that came early. */
  onWake(react: (reason: WakeReason) => void): void {
    this.#wake = react
    if (this.#woken !== undefined) react(this.#woken)
  }

  end(): void {
    this.#unregister()
  }
}

export function loadFailedElsewhere(address: EntryAddress): HoldfastError {
  return new HoldfastError("LOAD_FAILED_ELSEWHERE", "The load that this read waited for failed in another process.", {
    facts: { slot: address.slot },
  })
}
