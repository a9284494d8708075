/** An entry of the model. */
export interface Part {
  readonly key: string
  readonly bytes: number
  visited: boolean
}

/** SIEVE as the paper draws it, with two budgets: a list from old to new, and a hand that is a place in it. */
export class NaiveSieve {
  readonly list: Part[] = []
  evictions = 0
  readonly #budgets: { maxEntries: number; maxBytes: number }
  #hand = 0
  #addedAtRest = 0

  constructor(budgets: { maxEntries: number; maxBytes: number }) {
    this.#budgets = budgets
  }

  get bytes(): number {
    return this.list.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  sorted(): Part[] {
    return [...this.list].sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  get(key: string): Part | undefined {
    const part = this.list.find((one) => one.key === key)
    if (part !== undefined) part.visited = true
    return part
  }

  set(part: Part): boolean {
    if (part.bytes > this.#budgets.maxBytes) {
      this.delete(part.key)
      return false
    }
    const at = this.#indexOf(part.key)
    if (at < 0) this.#add(part)
    else {
      this.list[at] = { ...part, visited: this.list[at]?.visited === true }
      while (this.bytes > this.#budgets.maxBytes) this.#evict(part.key)
    }
    return true
  }

  delete(key: string): boolean {
    const at = this.#indexOf(key)
    if (at >= 0) this.#removeAt(at)
    return at >= 0
  }

  clear(): void {
    this.list.length = 0
    this.#hand = 0
    this.#addedAtRest = 0
  }

  #add(part: Part): void {
    while (this.list.length === this.#budgets.maxEntries || this.bytes + part.bytes > this.#budgets.maxBytes) {
      this.#evict(undefined)
    }
    this.list.push({ ...part, visited: false })
    this.#addedAtRest += 1
    // Not of the paper: a hand that rests for as many additions as there are nodes begins anew.
    if (this.#addedAtRest > this.list.length) this.#hand = this.#addedAtRest = 0
  }

  #evict(spared: string | undefined): void {
    for (;;) {
      const part = this.list[this.#hand]
      if (part !== undefined && !part.visited && part.key !== spared) break
      if (part !== undefined) part.visited = false
      this.#hand = this.#hand + 1 >= this.list.length ? 0 : this.#hand + 1
    }
    this.#addedAtRest = 0
    this.#removeAt(this.#hand)
    this.evictions += 1
  }

  /** The hand stays at the next newer part; past the newest it begins anew. */
  #removeAt(at: number): void {
    this.list.splice(at, 1)
    if (at === this.#hand) this.#addedAtRest = 0
    if (at < this.#hand) this.#hand -= 1
    if (this.#hand >= this.list.length) this.#hand = 0
  }

  #indexOf(key: string): number {
    return this.list.findIndex((one) => one.key === key)
  }
}
