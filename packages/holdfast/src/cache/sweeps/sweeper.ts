import type { KeySweep } from "../../contracts/key-scan.ts"
import type { Clock } from "../../contracts/clock.ts"
import type { Store } from "../../contracts/store.ts"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { joinedSignal } from "../../internal/joined-signal.ts"
import { callTimeout } from "../caller.ts"
import type { KeySelection } from "./key-selection.ts"
import type { SweepSettings } from "./sweep-options.ts"

/** What a sweep does with what it finds. */
export interface SweepWork extends Pick<KeySweep, "onKeys" | "onProgress"> {
  readonly selection: KeySelection
  readonly signal: AbortSignal
}

/** Starts the sweeps of one Holdfast, and ends them with it. */
export class Sweeper {
  readonly namespace: string
  readonly clock: Clock
  readonly #store: Store
  readonly #closing = new AbortController()

  constructor(namespace: string, store: Store, clock: Clock) {
    this.namespace = namespace
    this.clock = clock
    this.#store = store
  }

  /** Runs what sweeps, under a signal that says when to stop. Rejects with the reason of that, or with what the work threw. */
  async within<T>(
    { limits }: Pick<SweepSettings, "limits">,
    work: (signal: AbortSignal) => Promise<T>,
    own?: AbortSignal,
  ): Promise<T> {
    const { timeoutMs, signal } = limits
    const late = new AbortController()
    const ends = [this.#closing.signal, late.signal, signal, own].filter((each) => each !== undefined)
    const end = timeoutMs === undefined ? undefined : () => late.abort(callTimeout(limits))
    const ending = joinedSignal(ends)
    const timer = end && this.clock.setTimeout(end, timeoutMs ?? 0)
    try {
      return await work(ending.signal)
    } finally {
      ending.end()
      this.clock.clearTimeout(timer)
    }
  }

  sweep({ selection, ...work }: SweepWork, { pace }: Pick<SweepSettings, "pace">): Promise<void> {
    return this.#store.sweepKeys({ prefix: selection.prefix, pattern: selection.pattern, pace, ...work })
  }

  close(): void {
    this.#closing.abort(new HoldfastError("CLOSED", "This Holdfast was closed during a sweep."))
  }
}
