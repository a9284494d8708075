import type { RowVersion, Versioned } from "../http/row-version.ts"

/** A read that got less than it was promised. */
export interface StaleRead {
  readonly what: Versioned
  readonly id: number
  readonly expected: number
  readonly seen: number
}

/**
 * How far behind an acknowledged change a read may be, in milliseconds: not at all. One process serves the shop, and what a
 * process has written or invalidated, by key or by tag, its own near caches show at once. Of several processes that shared
 * the load, each could be behind the changes of the others by the `maxStaleness` of a near cache; then this oracle would
 * have to know when each change was acknowledged, and which process answered.
 */
export const stalenessBoundMs = 0

/**
 * Knows what every read must at least see.
 *
 * A read is stale if its version is below the highest version whose write had been acknowledged *before the read was
 * sent*. So ask `expected` when sending, and `check` with that answer when the response is there.
 */
export class Oracle {
  readonly #acknowledged = new Map<string, number>()
  #checked = 0
  #stale = 0
  #examples: StaleRead[] = []

  acknowledge(change: RowVersion): void {
    const key = `${change.what}:${change.id}`
    if (change.version > (this.#acknowledged.get(key) ?? 0)) this.#acknowledged.set(key, change.version)
  }

  /** The least version that a read sent now may answer; 0 if nothing was changed yet. */
  expected(what: Versioned, id: number): number {
    return this.#acknowledged.get(`${what}:${id}`) ?? 0
  }

  /** Judges a response. `seen` is 0 if the thing was not found. */
  check(read: StaleRead): void {
    this.#checked++
    if (read.seen >= read.expected) return
    this.#stale++
    if (this.#examples.length < 5) this.#examples.push(read)
  }

  /** Figures since the last call of `take`. What was acknowledged stays known. */
  take(): { checkedReads: number; staleReads: number; staleExamples: readonly StaleRead[] } {
    const figures = { checkedReads: this.#checked, staleReads: this.#stale, staleExamples: this.#examples }
    this.#checked = 0
    this.#stale = 0
    this.#examples = []
    return figures
  }
}
