/** One name among those that come most often. */
export interface HeavyHitter {
  readonly name: string
  /** How often it came, at least and at most, as a share of all. */
  readonly share: { readonly atLeast: number; readonly atMost: number }
}

interface Counter {
  count: number
  /** By how much the count may be too high. */
  error: number
}

/**
 * Finds the names that come most often, in the memory of a few counters (Space-Saving: Metwally, Agrawal, El Abbadi, ICDT 2005): with
 * n counters, every name that makes up more than one n-th of all is among them. What came long ago counts less: everything is halved
 * whenever `halfLife` have come.
 */
export class HeavyHitters {
  readonly #counters = new Map<string, Counter>()
  readonly #size: number
  readonly #halfLife: number
  #total = 0
  /** No counter is lower. */
  #floor = 0

  constructor(size: number, halfLife = 65_536) {
    this.#size = size
    this.#halfLife = halfLife
  }

  /** How many have come, older ones counting less. */
  get total(): number {
    return this.#total
  }

  /** @param name undefined: one that is not among those to be found, but counts for the shares */
  add(name: string | undefined): void {
    this.#total += 1
    if (name !== undefined) this.#count(name)
    if (this.#total >= this.#halfLife) this.#halve()
  }

  /** Those that came most often, first. */
  top(limit: number): readonly HeavyHitter[] {
    const sorted = [...this.#counters].toSorted(([, a], [, b]) => b.count - b.error - (a.count - a.error))
    return sorted.slice(0, limit).map(([name, { count, error }]) => ({
      name,
      share: { atLeast: (count - error) / this.#total, atMost: count / this.#total },
    }))
  }

  #count(name: string): void {
    const counter = this.#counters.get(name)
    if (counter !== undefined) {
      counter.count += 1
      return
    }
    const error = this.#counters.size < this.#size ? 0 : this.#giveWay()
    this.#counters.set(name, { count: error + 1, error })
  }

  /** Takes the place of the lowest counter, and answers what that has counted: so often may the new name have come before. */
  #giveWay(): number {
    let [lowest, least] = ["", Infinity]
    for (const [name, { count }] of this.#counters) {
      if (count >= least) continue
      lowest = name
      least = count
      if (count <= this.#floor) break
    }
    this.#floor = least
    this.#counters.delete(lowest)
    return least
  }

  #halve(): void {
    this.#total /= 2
    this.#floor /= 2
    for (const counter of this.#counters.values()) {
      counter.count /= 2
      counter.error /= 2
    }
  }
}
