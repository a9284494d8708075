import type { EntryStream } from "./entry-stream.ts"
import type { ScoredSet } from "./scored-set.ts"

/** What a key can hold: a string of bytes, a list of them, a set of them with scores, or a stream of entries. */
export type StoredValue = string | readonly string[] | ScoredSet | EntryStream

/** A key's value and when it ends, in ms since the epoch; never changed, only replaced. */
export interface StoredEntry {
  readonly value: StoredValue
  /** Infinity: never. */
  readonly expiresMs: number
}

/** The data of one server. Time is that of the running command: it stands still while a script runs. */
export class Keyspace {
  nowMs = 0
  /** Told of every key that is written to or goes. */
  onTouched: ((key: string) => void) | undefined
  readonly #entries: Map<string, StoredEntry>

  constructor(entries: ReadonlyMap<string, StoredEntry> = new Map()) {
    this.#entries = new Map(entries)
  }

  /** A key lives through the millisecond in which it expires, as it does in Redis. */
  entry(key: string): StoredEntry | undefined {
    const found = this.#entries.get(key)
    if (found === undefined || found.expiresMs >= this.nowMs) return found
    this.#entries.delete(key)
    this.onTouched?.(key)
    return undefined
  }

  put(key: string, value: StoredValue, expiresMs: number): void {
    this.#entries.set(key, { value, expiresMs })
    this.onTouched?.(key)
  }

  delete(key: string): boolean {
    if (this.entry(key) === undefined) return false
    this.onTouched?.(key)
    return this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
  }

  /** Those that have not expired. */
  keys(): string[] {
    return [...this.#entries.keys()].filter((key) => this.entry(key) !== undefined)
  }

  /** A copy that later changes do not reach. */
  copy(): ReadonlyMap<string, StoredEntry> {
    return new Map(this.#entries)
  }
}
