import type { Clock } from "../../contracts/clock.ts"
import type { HoldfastEvent } from "../../contracts/observer.ts"
import type { Random } from "../../contracts/random.ts"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { backoffMs } from "../../policy/backoff.ts"
import { rest } from "../../policy/rest.ts"
import { storeErrorEvent } from "../store-error.ts"
import { namespaceSelection } from "./key-selection.ts"
import { scanSettings } from "./sweep-options.ts"
import type { Sweeper } from "./sweeper.ts"

/** The first wait spreads processes that have found the same loss; what fails is tried again for as long as there is somebody to try. */
const waits = { baseMs: 200, capMs: 60_000 }

/** What {@link ForeignCaches} work with. */
export interface ForeignCachesOptions {
  readonly sweeper: Sweeper
  readonly clock: Clock
  readonly random: Random
  /** Clears a cache. Must not throw. */
  readonly clear: (name: string) => void
  readonly report: ((event: HoldfastEvent) => void) | undefined
}

/**
 * Clears, in the background, caches that only other processes have: a sweep over the namespace tells their names. What may be old was
 * stored before the loss, and so is there throughout the sweep or gone. Control records count as well: what is loaded may be as old.
 */
export class ForeignCaches {
  readonly #options: ForeignCachesOptions
  readonly #settings = scanSettings({ share: "20%" })
  /** What was cleared since the latest loss that no sweep has followed yet; undefined: there is none. */
  #cleared: Set<string> | undefined
  #isRunning = false

  /** Whether there may be caches that it has not found yet. */
  get isRunning(): boolean {
    return this.#isRunning
  }

  constructor(options: ForeignCachesOptions) {
    this.#options = options
  }

  /**
   * Begins a sweep; while one is under way, another one follows it. Never throws.
   *
   * @param cleared caches that have been cleared since the loss
   */
  clear(cleared: readonly string[]): void {
    this.#cleared = new Set(cleared)
    if (this.#isRunning) return
    this.#isRunning = true
    this.#options.sweeper
      .within(this.#settings, (signal) => this.#run(signal))
      .then(
        () => {},
        () => void (this.#isRunning = false),
      )
  }

  /** Rejects when Holdfast is closed. */
  async #run(signal: AbortSignal): Promise<void> {
    const { clock, random, report } = this.#options
    for (let failures = 0; this.#cleared !== undefined;) {
      await rest(clock, backoffMs(failures + 1, { random, ...waits }), signal)
      const cleared = this.#cleared
      try {
        const found = await this.#sweep(cleared, signal)
        failures = 0
        if (this.#cleared === cleared) this.#cleared = undefined
        report?.({ name: "replay-sweep", cleared: found })
      } catch (error) {
        signal.throwIfAborted()
        failures += 1
        report?.(storeErrorEvent(undefined, "sweep", reasonOf(error)))
      }
    }
    // In the turn in which nothing is left to do: what comes next begins anew.
    this.#isRunning = false
  }

  /** Answers how many it has found and cleared. */
  async #sweep(cleared: Set<string>, signal: AbortSignal): Promise<number> {
    const { sweeper, clear } = this.#options
    const selection = namespaceSelection(sweeper.namespace, undefined)
    const before = cleared.size
    const onKeys = async (names: readonly string[]): Promise<void> => {
      for (const name of names) {
        const cache = selection.entryOf(name)?.cache
        if (cache === undefined || cleared.has(cache)) continue
        cleared.add(cache)
        clear(cache)
      }
    }
    await sweeper.sweep({ selection, signal, onKeys, onProgress: () => {} }, this.#settings)
    return cleared.size - before
  }
}

/** What a server has answered says more than that the sweep has not come to its end. */
function reasonOf(error: unknown): unknown {
  return error instanceof HoldfastError && error.cause instanceof HoldfastError ? error.cause : error
}
