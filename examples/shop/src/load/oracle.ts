import type { RowVersion, Versioned } from "../http/row-version.ts"

/** A read that got less than it was promised. */
export interface StaleRead {
  readonly what: Versioned
  readonly id: number
  readonly expected: number
  readonly seen: number
}

/** What the oracle has judged. */
export interface ReadCount {
  readonly checkedReads: number
  readonly staleReads: number
}

/**
 * How far behind an acknowledged change a read of a leased cache may be, in milliseconds: not at all. One process serves the
 * shop, and what a process has written or invalidated, by key or by tag, its own near caches show at once. Of several
 * processes that shared the load, each could be behind the changes of the others by the `maxStaleness` of a near cache; then
 * this oracle would have to know when each change was acknowledged, and which process answered.
 */
export const stalenessBoundMs = 0

/** What is cached strictly: price and stock. */
const isStrict = (what: Versioned): boolean => what === "offer"

/**
 * Knows what every read must at least see.
 *
 * A read is stale if its version is below the highest version whose write had been acknowledged *before the read was
 * sent*; a strict one already if that version had been *committed* by then, whoever knew of it. So ask `expected` when
 * sending, and `check` with that answer when the response is there.
 */
export class Oracle {
  readonly #acknowledged = new Map<string, number>()
  readonly #committedOffer: (productId: number) => number
  #bounded = { checkedReads: 0, staleReads: 0 }
  #strict = { checkedReads: 0, staleReads: 0 }
  #examples: StaleRead[] = []

  /** @param committedOffer the version that the database has committed last; 0: none yet */
  constructor(committedOffer: (productId: number) => number) {
    this.#committedOffer = committedOffer
  }

  acknowledge(change: RowVersion): void {
    const key = `${change.what}:${change.id}`
    if (change.version > (this.#acknowledged.get(key) ?? 0)) this.#acknowledged.set(key, change.version)
  }

  /** The least version that a read sent now may answer; 0 if nothing was changed yet. */
  expected(what: Versioned, id: number): number {
    const acknowledged = this.#acknowledged.get(`${what}:${id}`) ?? 0
    return isStrict(what) ? Math.max(acknowledged, this.#committedOffer(id)) : acknowledged
  }

  /** Judges a response. `seen` is 0 if the thing was not found. */
  check(read: StaleRead): void {
    const count = isStrict(read.what) ? this.#strict : this.#bounded
    count.checkedReads++
    if (read.seen >= read.expected) return
    count.staleReads++
    if (this.#examples.length < 5) this.#examples.push(read)
  }

  /** Figures since the last call of `take`. What was acknowledged stays known. */
  take(): ReadCount & { readonly strict: ReadCount; readonly staleExamples: readonly StaleRead[] } {
    const figures = { ...this.#bounded, strict: this.#strict, staleExamples: this.#examples }
    this.#bounded = { checkedReads: 0, staleReads: 0 }
    this.#strict = { checkedReads: 0, staleReads: 0 }
    this.#examples = []
    return figures
  }
}
