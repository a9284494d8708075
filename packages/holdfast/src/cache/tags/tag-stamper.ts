import type { TagClock } from "../../contracts/tag-store.ts"
import type { TagAddress } from "../../entry/tag-address.ts"
import type { EntryAddress } from "../../entry/key.ts"
import { checkedEntryTags } from "../../entry/tag-names.ts"
import type { TagStamp } from "../../entry/tag-stamp.ts"
import type { CacheSettings } from "../cache-settings.ts"
import { holdMs } from "../holding.ts"
import type { Lookout } from "../lookout.ts"
import type { Parts } from "../parts.ts"
import { errorOfCache } from "../../errors/error-owner.ts"

/** `unwanted`: an absence that is not remembered. `outdated`: a tag of the entry was invalidated, or made, after the clock that it would record. `unknown`: the store could not be asked. */
export type Unstamped = "unwanted" | "outdated" | "unknown"

/** What a value on its way into the store is stamped by. */
export interface StampRequest<K, V> {
  readonly key: K
  readonly address: EntryAddress
  /** Undefined: "not in the source". */
  readonly value: V | undefined
  /** Known before the load or the writer began; undefined if it could not be read. */
  readonly clock: TagClock | undefined
  /** How long the entry is fresh, if not as long as others of this cache. */
  readonly ttlMs?: number | undefined
  /** Tags besides those of the cache's `tags`. */
  readonly given?: readonly string[] | undefined
  /** Tags that its entry carries already, and goes on to carry. */
  readonly kept?: readonly string[] | undefined
  /** How long what allows it to be stored may be held at most, in milliseconds. Default: as long as an extension holds. */
  readonly withinMs?: number | undefined
}

/** Stamps what one cache stores with its tags and the tag clock, and makes the tags that are not there (R7). */
export class TagStamper<K, V> {
  readonly #settings: CacheSettings<K, V>
  readonly #parts: Parts
  readonly #lookout: Lookout<V>

  constructor(settings: CacheSettings<K, V>, parts: Parts, lookout: Lookout<V>) {
    this.#settings = settings
    this.#parts = parts
    this.#lookout = lookout
  }

  /** The tag clock, to be asked for before a load or a writer begins. Never rejects: without it nothing may be stored. */
  async clockBefore(address: EntryAddress): Promise<TagClock | undefined> {
    const { tagTable, clock: time } = this.#parts
    const { groupTag } = address
    try {
      if (groupTag === undefined) return await tagTable.clock.get()
      const isThere = tagTable.present.isThere(groupTag.key, time.monotonic())
      const clock = await (isThere ? tagTable.clock.get() : tagTable.clock.getLate())
      this.#makeAhead(address, clock)
      return clock
    } catch (error) {
      this.#lookout.storeFailed("tag-clock", error)
      return undefined
    }
  }

  /**
   * A group has a tag of its own, often a new one, whose name is known before the load: made beside it, it is hardly ever later than the
   * clock that the entry records. What goes wrong here goes wrong again when the entry is stamped.
   */
  #makeAhead(address: EntryAddress, clock: TagClock): void {
    const { tagMaker, journal } = this.#parts
    const { ttlMs, absoluteTtlMs = 0, graceMs } = this.#settings
    const tags = this.#lookout.tags.alwaysOn(address)
    if (tags.some(({ key }) => journal.holds(key))) return
    tagMaker.make(tags, clock, Math.max(ttlMs, absoluteTtlMs) + graceMs).catch(() => {})
  }

  /** Throws what `tags` throws, and `INVALID_TAG`. */
  async stamp(request: StampRequest<K, V>): Promise<TagStamp | Unstamped> {
    const { clock, address } = request
    const lifeMs = this.#lifeMs(request)
    if (lifeMs === undefined) return "unwanted"
    const tags = this.#namesOf(request)
    if (clock === undefined) return "unknown"
    const addresses = this.#lookout.tags.tagsOf(address, { tags })
    if (addresses.some(({ key }) => this.#parts.journal.holds(key))) return "outdated"
    try {
      const isAlive = await this.#parts.tagMaker.make(addresses, clock, lifeMs)
      if (!isAlive) return "outdated"
    } catch (error) {
      this.#lookout.storeFailed("make-tag", error)
      return "unknown"
    }
    const listed = await this.#list({ ...request, clock }, tags, lifeMs)
    return listed === "listed" ? { clock, tags } : listed
  }

  /** Before it is stored, so that an entry is never stored that is not listed; until it has ended, whenever it is stored. */
  async #list(
    { address, clock, kept = [], withinMs = holdMs }: StampRequest<K, V> & { readonly clock: TagClock },
    tags: readonly string[],
    lifeMs: number,
  ): Promise<"listed" | Unstamped> {
    const { tagIndexer, tagTable } = this.#parts
    if (!this.#settings.isIndexed || tagIndexer === undefined) return "listed"
    const addresses = [...new Set([...tags, ...kept])].map((name) => tagTable.addressOf(name))
    try {
      const isListed = await tagIndexer.list(addresses, clock, { key: address.value, lifeMs: lifeMs + withinMs })
      return isListed ? "listed" : "outdated"
    } catch (error) {
      this.#lookout.storeFailed("index-tag", error)
      return "unknown"
    }
  }

  /** Where the tags of a value live. Throws as `stamp` does. */
  tagsOf(request: Pick<StampRequest<K, V>, "key" | "address" | "value" | "given">): readonly TagAddress[] {
    return this.#lookout.tags.tagsOf(request.address, { tags: this.#namesOf(request) })
  }

  #namesOf({ key, value, given = [] }: Pick<StampRequest<K, V>, "key" | "value" | "given">): readonly string[] {
    const { name, tagsOf } = this.#settings
    const own = tagsOf?.(value, key) ?? []
    try {
      // An array is checked before it is spread, because a text can be spread too.
      const checked = checkedEntryTags("tags", own)
      return given.length === 0 ? checked : checkedEntryTags("tags", [...checked, ...given])
    } catch (error) {
      throw errorOfCache(name, error)
    }
  }

  /** How long the entry may live at most, by being read too; undefined if it is not to be stored. */
  #lifeMs({ value, ttlMs }: StampRequest<K, V>): number | undefined {
    const settings = this.#settings
    if (value === undefined) return ttlMs ?? settings.negativeTtlMs
    return Math.max(ttlMs ?? settings.ttlMs, settings.absoluteTtlMs ?? 0) + settings.graceMs
  }
}
