import type { Digest } from "../entry/digest.ts"

const placesFirst = 1024
/** Of the places: fuller tables search longer. */
const fullShare = 0.7

/**
 * A set of 64-bit digests: 11 to 23 bytes for each, whatever the texts. Two of n texts share a digest, and count as one, with a
 * probability of n * n / 3.7e19: for a million texts 3 in 100 million.
 */
export class DigestSet {
  /** Two numbers for each place; a place of two zeros is free. */
  #table = new Uint32Array(placesFirst * 2)
  #size = 0

  get size(): number {
    return this.#size
  }

  has(digest: Digest): boolean {
    return this.#table[this.#placeOf(digest) + 1] !== 0
  }

  /** Whether it was not there before. */
  add(digest: Digest): boolean {
    if (this.has(digest)) return false
    this.#size += 1
    if (this.#size > (this.#table.length / 2) * fullShare) this.#grow()
    this.#put(digest)
    return true
  }

  #put(digest: Digest): void {
    const place = this.#placeOf(digest)
    this.#table[place] = digest.high
    this.#table[place + 1] = taken(digest.low)
  }

  /** Where it is, or would be. */
  #placeOf({ high, low }: Digest): number {
    const table = this.#table
    const mask = table.length / 2 - 1
    const second = taken(low)
    let at = (high ^ second) & mask
    while (table[at * 2 + 1] !== 0 && (table[at * 2] !== high || table[at * 2 + 1] !== second)) at = (at + 1) & mask
    return at * 2
  }

  #grow(): void {
    const old = this.#table
    this.#table = new Uint32Array(old.length * 2)
    for (let at = 0; at < old.length; at += 2) {
      if (old[at + 1] !== 0) this.#put({ high: old[at] ?? 0, low: old[at + 1] ?? 0 })
    }
  }
}

/** Zero means that a place is free, so what is zero counts as one. */
function taken(low: number): number {
  return low === 0 ? 1 : low
}
