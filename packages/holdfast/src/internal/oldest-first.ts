/**
 * Finds the oldest entry of a `Map` again and again, each time in constant time on average.
 *
 * A new iterator would walk over the holes that removed entries leave at the front until the map rehashes, which with a bounded map that
 * is full costs a share of its size on every insertion. So one iterator is kept, which is past the holes. But an iterator at rest keeps
 * alive every table that the map has had since, so it is let go when as many entries were added as the map holds.
 */
export class OldestFirst<K, V> {
  readonly #map: ReadonlyMap<K, V>
  #walk: Iterator<[K, V]> | undefined
  /** Where the walk has come to. */
  #found: readonly [K, V] | undefined
  #addedAtRest = 0

  constructor(map: ReadonlyMap<K, V>) {
    this.#map = map
  }

  /** Tell it of every entry that is put at the end of the map, be it new or moved there. */
  added(key: K): void {
    if (this.#walk === undefined) return
    if (this.#found?.[0] === key) this.#found = undefined
    if (++this.#addedAtRest > this.#map.size) this.#letGo()
  }

  /** The entry that was put into the map first; undefined if it is empty. */
  get(): readonly [K, V] | undefined {
    this.#addedAtRest = 0
    if (this.#found !== undefined && this.#map.get(this.#found[0]) === this.#found[1]) return this.#found
    this.#found = this.#next()
    return this.#found
  }

  #next(): readonly [K, V] | undefined {
    this.#walk ??= this.#map.entries()
    const step = this.#walk.next()
    if (step.done !== true) return step.value
    this.#letGo()
    // It had ended before what is there now was added.
    return this.#map.size === 0 ? undefined : this.#next()
  }

  #letGo(): void {
    this.#walk = undefined
    this.#found = undefined
    this.#addedAtRest = 0
  }
}
