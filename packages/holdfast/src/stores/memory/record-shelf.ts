import { emptyRecord, lastDeadlineOf, pruned, type ControlRecord } from "./control-record.ts"
import { ExpiringMap } from "./expiring-map.ts"

/** The control records of an in-process store: each lives until the last deadline in it. */
export class RecordShelf {
  readonly #records: ExpiringMap<ControlRecord>
  readonly #now: () => number

  constructor(bounds: { readonly maxEntries: number; readonly now: () => number }) {
    this.#records = new ExpiringMap({ ...bounds, maxBytes: Infinity, bytesOf: () => 0 })
    this.#now = bounds.now
  }

  get(key: string): ControlRecord {
    return pruned(this.#records.get(key) ?? emptyRecord, this.#now())
  }

  put(key: string, record: ControlRecord): void {
    const nowMs = this.#now()
    const kept = pruned(record, nowMs)
    const untilMs = lastDeadlineOf(kept)
    if (untilMs > nowMs) this.#records.set(key, kept, untilMs)
    else this.#records.delete(key)
  }

  keys(): readonly string[] {
    return this.#records.keys().filter((key) => this.#records.expiryOf(key) !== undefined)
  }

  evict(key: string): void {
    this.#records.delete(key)
  }

  clear(): void {
    this.#records.clear()
  }
}
