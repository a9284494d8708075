import { OldestFirst } from "../../internal/oldest-first.ts"

interface Slot<V> {
  readonly value: V
  readonly bytes: number
  readonly expiresAtMs: number
}

/** What bounds an {@link ExpiringMap}. */
export interface ExpiringMapOptions<V> {
  readonly maxEntries: number
  /** Bound on the sum of `bytesOf`, keys not counted. */
  readonly maxBytes: number
  bytesOf(value: V): number
  now(): number
}

/** How many entries each `set` examines for expiry, so that what nobody asks for leaves in the end. */
const sweptPerSet = 4

/**
 * A map whose entries expire, and from which the least recently used leave when it is full.
 * Like a server, it still holds an entry at the very millisecond of its expiry.
 */
export class ExpiringMap<V> {
  readonly #slots = new Map<string, Slot<V>>()
  readonly #oldest = new OldestFirst(this.#slots)
  readonly #options: ExpiringMapOptions<V>
  #bytes = 0
  #sweep: Iterator<[string, Slot<V>]> | undefined
  /** Entries put at the end since the sweep last moved. */
  #movedAtRest = 0

  constructor(options: ExpiringMapOptions<V>) {
    this.#options = options
  }

  /** Entries held, expired ones included that have not been noticed yet. */
  get size(): number {
    return this.#slots.size
  }

  get bytes(): number {
    return this.#bytes
  }

  get(key: string): V | undefined {
    const slot = this.#live(key)
    if (slot === undefined) return undefined
    this.#slots.delete(key)
    this.#slots.set(key, slot)
    this.#oldest.added(key)
    // An iterator keeps every table that the map has had since the iterator last moved.
    if (++this.#movedAtRest > this.#slots.size) this.#letSweepGo()
    return slot.value
  }

  /** Those held now, expired ones included that have not been noticed yet; does not move them. */
  keys(): readonly string[] {
    return [...this.#slots.keys()]
  }

  /** When the entry leaves by itself; undefined if there is none. */
  expiryOf(key: string): number | undefined {
    return this.#live(key)?.expiresAtMs
  }

  /** A value above `maxBytes` is not kept, and nothing makes way for it. */
  set(key: string, value: V, expiresAtMs: number): void {
    this.delete(key)
    const bytes = this.#options.bytesOf(value)
    if (bytes > this.#options.maxBytes) return
    this.#slots.set(key, { value, bytes, expiresAtMs })
    this.#oldest.added(key)
    this.#bytes += bytes
    this.#sweepSome()
    this.#evict()
  }

  delete(key: string): void {
    const slot = this.#slots.get(key)
    if (slot === undefined) return
    this.#slots.delete(key)
    this.#bytes -= slot.bytes
  }

  clear(): void {
    this.#slots.clear()
    this.#bytes = 0
  }

  #live(key: string): Slot<V> | undefined {
    const slot = this.#slots.get(key)
    if (slot === undefined || this.#options.now() <= slot.expiresAtMs) return slot
    this.delete(key)
    return undefined
  }

  #sweepSome(): void {
    this.#sweep ??= this.#slots.entries()
    this.#movedAtRest = 0
    for (let left = sweptPerSet; left > 0; left--) {
      const next = this.#sweep.next()
      if (next.done === true) {
        this.#sweep = undefined
        return
      }
      this.#live(next.value[0])
    }
  }

  /** The next one begins at the least recently used. */
  #letSweepGo(): void {
    this.#sweep = undefined
    this.#movedAtRest = 0
  }

  #evict(): void {
    const { maxEntries, maxBytes } = this.#options
    while (this.#slots.size > maxEntries || this.#bytes > maxBytes) {
      const [oldest] = this.#oldest.get() ?? []
      if (oldest === undefined) return
      this.delete(oldest)
    }
  }
}
