import type { NearTier } from "../contracts/near-tier.ts"
import type { OutageMarker } from "../contracts/outage-cache.ts"
import type { EntryAddress } from "../entry/key.ts"
import type { CacheSettings } from "./cache-settings.ts"
import type { EntryDirections } from "./entry-directions.ts"
import { sizeOf } from "./entry-writer.ts"
import type { Answer } from "./flight.ts"
import type { Parts } from "./parts.ts"
import type { TagStamper } from "./tags/tag-stamper.ts"

/** What the source has answered while the store was away. */
interface Found<K, V> {
  readonly key: K
  readonly address: EntryAddress
  readonly value: V | undefined
  /** Monotonic time in milliseconds at which the loader was called. */
  readonly startedMs: number
  readonly directions: EntryDirections | undefined
}

/** What a cache serves while the store is away: what was just loaded, and if the source fails too, what it still holds. */
export class OutageReads<K, V> {
  readonly #settings: CacheSettings<K, V>
  readonly #parts: Parts
  readonly #near: NearTier<V> | undefined
  readonly #stamper: TagStamper<K, V>

  constructor(settings: CacheSettings<K, V>, parts: Parts, near: NearTier<V> | undefined, stamper: TagStamper<K, V>) {
    this.#settings = settings
    this.#parts = parts
    this.#near = near
    this.#stamper = stamper
    parts.tagTable.onInvalidation(() => near?.outage?.clear())
  }

  /** What was loaded for this key a moment ago. */
  find(address: EntryAddress): Answer<V> | undefined {
    const hit = this.#near?.outage?.find(address.value)
    return hit && { value: hit.value, source: "outage", stored: false }
  }

  /**
   * Call it before the load begins, and `end` when it has; undefined unless the store is away. What the store is still to be told of is
   * read from the source each time.
   */
  begin(address: EntryAddress): OutageMarker | undefined {
    const outage = this.#near?.outage
    if (outage === undefined || this.#parts.journal.holds(address.value)) return undefined
    return outage.mark(address.value, [address, this.#settings.clearTag])
  }

  /** Keeps what might also have been stored. */
  keep(marker: OutageMarker, found: Found<K, V>): void {
    const { value, startedMs, directions } = found
    const { ttlMs, negativeTtlMs, maxValueBytes } = this.#settings
    const lifeMs = directions?.ttlMs ?? (value === undefined ? negativeTtlMs : ttlMs)
    if (lifeMs === undefined || directions?.isSkipped === true) return
    const bytes = this.#bytesOf(value)
    if (bytes === undefined || bytes > maxValueBytes || this.#awaitsTelling(found)) return
    this.#near?.outage?.keep(marker, { value, startedMs, lifeMs, bytes })
  }

  end(marker: OutageMarker): void {
    this.#near?.outage?.end(marker)
  }

  /** Store and source have failed: what is held of this key within its grace, although nothing proves that it is not old. */
  lastResort(address: EntryAddress): Answer<V> | undefined {
    const hit = this.#isAway(address) ? this.#near?.lastResort(address.value) : undefined
    return hit && { value: hit.value, source: "stale", stored: false, isFenced: true }
  }

  /** Whether a server that reads of this key need does not answer. */
  #isAway(address: EntryAddress): boolean {
    const { coherence } = this.#parts.store
    return [address, this.#settings.clearTag].some((of) => coherence?.outage?.(of) !== undefined)
  }

  /** Undefined: it cannot be stored, and so it is not kept either. */
  #bytesOf(value: V | undefined): number | undefined {
    try {
      return value === undefined ? 0 : sizeOf(this.#settings.codec.encode(value))
    } catch {
      return undefined
    }
  }

  /** Whether the invalidation of one of its tags waits for the store. */
  #awaitsTelling({ key, address, value, directions }: Found<K, V>): boolean {
    const { journal } = this.#parts
    if (journal.size === 0) return false
    try {
      const tags = this.#stamper.tagsOf({ key, address, value, given: directions?.givenTags })
      return tags.some((tag) => journal.holds(tag.key))
    } catch {
      return true
    }
  }
}
