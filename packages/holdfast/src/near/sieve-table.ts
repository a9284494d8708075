/** What bounds a {@link SieveTable}. */
export interface SieveBudgets {
  /** At least 1. */
  readonly maxEntries: number
  /** Bound on the sum of `bytes`. */
  readonly maxBytes: number
}

/** An entry on its way into a {@link SieveTable}. */
export interface SieveRow<V, S> {
  readonly value: V
  /** What many entries have in common. */
  readonly standing: S
  /** Until when it is good, in whatever unit the owner counts. */
  readonly until: number
  /** What it counts against the byte budget: a whole number below 2^32. */
  readonly bytes: number
}

/** No entry: places count from 0. */
export const nowhere = -1

const firstCapacity = 16

/**
 * Entries found by text, which leave by SIEVE (Zhang, Yang, Yue, Vigfusson, Rashmi: NSDI 2024) when one of two budgets is full.
 *
 * A hit is one look into a `Map` and one into each column that is read; nothing is moved. Entries have no objects of their own: each
 * has a place, at which the columns hold what belongs to it, since an object per entry costs more memory than all columns together.
 * The queue is the order of insertion that the `Map` keeps anyway.
 */
export class SieveTable<V, S> {
  readonly #places = new Map<string, number>()
  readonly #budgets: SieveBudgets
  #values: (V | undefined)[] = []
  #standings: (S | undefined)[] = []
  #untils = new Float64Array(0)
  #sizes = new Uint32Array(0)
  #visited = new Uint8Array(0)
  #free: number[] = []
  /** Places given out so far, free ones included. */
  #used = 0
  #bytes = 0
  #evictions = 0
  /** Where the next search for a victim begins; undefined: at the oldest entry. */
  #hand: string | undefined
  /** What comes after the hand, from old to new. */
  #beyond: MapIterator<string> | undefined
  /** Entries added since the hand last moved. */
  #addedAtRest = 0

  constructor(budgets: SieveBudgets) {
    this.#budgets = budgets
  }

  get size(): number {
    return this.#places.size
  }

  /** Bytes of all entries. */
  get bytes(): number {
    return this.#bytes
  }

  /** Entries that had to go for others since the table was made. */
  get evictions(): number {
    return this.#evictions
  }

  /** The place of a key, which counts as a visit, or {@link nowhere}. Good until the next change of the table. */
  visit(key: string): number {
    const place = this.#places.get(key)
    if (place === undefined) return nowhere
    if (this.#visited[place] === 0) this.#visited[place] = 1
    return place
  }

  /** The place of a key, without a visit, or {@link nowhere}. */
  placeOf(key: string): number {
    return this.#places.get(key) ?? nowhere
  }

  /** What is at a place that has been answered for a key. */
  valueAt(place: number): V {
    return this.#values[place] as V
  }

  standingAt(place: number): S {
    return this.#standings[place] as S
  }

  untilAt(place: number): number {
    return this.#untils[place] as number
  }

  /**
   * Adds an entry, or puts it in the place of the one of its key, whose visits it inherits. Evicts until both budgets are kept.
   *
   * @returns false if the entry alone is larger than the byte budget: then it is not kept, and what was there under its key is gone
   */
  set(key: string, row: SieveRow<V, S>): boolean {
    const place = this.#places.get(key)
    if (row.bytes > this.#budgets.maxBytes) {
      if (place !== undefined) this.#remove(key, place)
      return false
    }
    if (place === undefined) this.#add(key, row)
    else this.#replace(key, place, row)
    return true
  }

  /** Removes the entry of a key; answers whether there was one. */
  delete(key: string): boolean {
    const place = this.#places.get(key)
    if (place !== undefined) this.#remove(key, place)
    return place !== undefined
  }

  clear(): void {
    this.#places.clear()
    this.#values = []
    this.#standings = []
    this.#untils = new Float64Array(0)
    this.#sizes = new Uint32Array(0)
    this.#visited = new Uint8Array(0)
    this.#free = []
    this.#used = 0
    this.#bytes = 0
    this.#letGo()
  }

  #add(key: string, row: SieveRow<V, S>): void {
    const { maxEntries, maxBytes } = this.#budgets
    while (this.#places.size >= maxEntries || this.#bytes + row.bytes > maxBytes) this.#evict(undefined)
    const place = this.#free.pop() ?? this.#used++
    if (place >= this.#sizes.length) this.#grow()
    this.#places.set(key, place)
    this.#visited[place] = 0
    this.#write(place, row)
    // An iterator keeps every table that the map has had since the iterator last moved.
    if (++this.#addedAtRest > this.#places.size) this.#letGo()
  }

  #replace(key: string, place: number, row: SieveRow<V, S>): void {
    this.#bytes -= this.#sizes[place] as number
    this.#write(place, row)
    while (this.#bytes > this.#budgets.maxBytes) this.#evict(key)
  }

  #write(place: number, { value, standing, until, bytes }: SieveRow<V, S>): void {
    this.#values[place] = value
    this.#standings[place] = standing
    this.#untils[place] = until
    this.#sizes[place] = bytes
    this.#bytes += bytes
  }

  #remove(key: string, place: number): void {
    if (this.#hand === key) this.#hand = this.#next()
    this.#places.delete(key)
    this.#bytes -= this.#sizes[place] as number
    this.#values[place] = undefined
    this.#standings[place] = undefined
    this.#free.push(place)
  }

  /** @param spared a key whose entry stays, visited or not; there must be another one */
  #evict(spared: string | undefined): void {
    let key = this.#hand ?? this.#oldest()
    let place = this.#places.get(key) as number
    while (this.#visited[place] === 1 || key === spared) {
      this.#visited[place] = 0
      key = this.#next() ?? this.#oldest()
      place = this.#places.get(key) as number
    }
    this.#hand = key
    this.#remove(key, place)
    this.#evictions += 1
  }

  #oldest(): string {
    this.#beyond = this.#places.keys()
    return this.#next() as string
  }

  /** Moves on; undefined past the newest entry, from where the next search begins anew. */
  #next(): string | undefined {
    this.#addedAtRest = 0
    return this.#beyond?.next().value
  }

  #letGo(): void {
    this.#hand = undefined
    this.#beyond = undefined
    this.#addedAtRest = 0
  }

  /** Doubles the columns, up to what can be needed: their size is exact in a full table. */
  #grow(): void {
    const capacity = Math.min(this.#budgets.maxEntries, Math.max(firstCapacity, 2 * this.#sizes.length))
    this.#values = extended(this.#values, capacity)
    this.#standings = extended(this.#standings, capacity)
    this.#untils = copiedInto(new Float64Array(capacity), this.#untils)
    this.#sizes = copiedInto(new Uint32Array(capacity), this.#sizes)
    this.#visited = copiedInto(new Uint8Array(capacity), this.#visited)
  }
}

/** An array that has room for so many from the start; one that grows by itself takes room for half as many more. */
function extended<T>(items: readonly (T | undefined)[], length: number): (T | undefined)[] {
  const longer = new Array<T | undefined>(length).fill(undefined)
  for (let at = 0; at < items.length; at++) longer[at] = items[at]
  return longer
}

function copiedInto<A extends Float64Array | Uint32Array | Uint8Array>(longer: A, items: A): A {
  longer.set(items)
  return longer
}
