import type { Change } from "../../contracts/coherence.ts"
import type { Random } from "../../contracts/random.ts"
import type { ListedLife } from "../../contracts/tag-index-store.ts"
import type { BeginTagRequest, BegunTag, CompleteTagRequest, TagClock, TagRecord } from "../../contracts/tag-store.ts"
import { ExpiringMap } from "./expiring-map.ts"
import { IndexShelf } from "./index-shelf.ts"
import { wholeMs } from "./whole-ms.ts"

/** What a tag key holds: the incarnation it was made under, and its clock once it is complete. */
interface Tag {
  readonly incarnation: string
  readonly clock: TagClock | undefined
}

interface TagShelfOptions {
  readonly maxEntries: number
  readonly now: () => number
  /** Names eras. */
  readonly random: Random
  /** Hears of every tag that is invalidated or made. */
  readonly onChange: (change: Change) => void
}

const absent: TagRecord = { is: "absent" }
const halfMade: TagRecord = { is: "half-made" }

/** The tags of an in-process store and their clock: the in-process twin of `scripts/tag-clock.lua` and the scripts for tags. */
export class TagShelf {
  readonly indexes: IndexShelf
  readonly #tags: ExpiringMap<Tag>
  readonly #now: () => number
  readonly #random: Random
  readonly #onChange: TagShelfOptions["onChange"]
  #clock: TagClock | undefined
  #longestMs = 0

  constructor(bounds: TagShelfOptions) {
    this.indexes = new IndexShelf(bounds)
    this.#tags = new ExpiringMap({ ...bounds, maxBytes: Infinity, bytesOf: () => 0 })
    this.#now = bounds.now
    this.#random = bounds.random
    this.#onChange = bounds.onChange
  }

  /** See `scripts/tag-clock.lua`; a process is one run, so that only a missing clock begins an era. */
  clock(): TagClock {
    this.#clock ??= { era: this.#random.token(), counter: 0 }
    return this.#clock
  }

  /** See `scripts/tag-clock.lua`. */
  advanceClock(): TagClock {
    const { era, counter } = this.clock()
    this.#clock = { era, counter: counter + 1 }
    return this.#clock
  }

  /** See `scripts/tag-clock.lua`. */
  listedLife(lifeMs: number): ListedLife {
    this.#longestMs = Math.max(this.#longestMs, Math.ceil(lifeMs))
    return { clock: this.clock(), longestMs: this.#longestMs }
  }

  get(key: string): TagRecord {
    const tag = this.#tags.get(key)
    if (tag === undefined) return absent
    return tag.clock === undefined ? halfMade : { is: "complete", clock: tag.clock }
  }

  /** See `scripts/begin-tag.lua`. */
  begin(key: string, { incarnation, era, keepMs }: BeginTagRequest): BegunTag {
    const found = this.#tags.get(key)
    const isOurs = found !== undefined && (found.clock === undefined || found.clock.era === era)
    const tag = isOurs ? found : { incarnation, clock: undefined }
    this.#keep(key, tag, keepMs)
    return tag.clock === undefined
      ? { is: "half-made", incarnation: tag.incarnation }
      : { is: "complete", clock: tag.clock }
  }

  /** See `scripts/complete-tag.lua`. */
  complete(key: string, { incarnation, clock, keepMs }: CompleteTagRequest): "complete" | "other" {
    const found = this.#tags.get(key)
    if (found?.incarnation !== incarnation) return "other"
    if (found.clock !== undefined && found.clock.era !== clock.era) return "other"
    this.#keep(key, { incarnation, clock: found.clock ?? clock }, keepMs)
    if (found.clock === undefined) this.#onChange({ is: "tag", key, clock })
    return "complete"
  }

  /** See `scripts/invalidate-tag.lua`. */
  invalidate(key: string, clock: TagClock): void {
    const found = this.#tags.get(key)
    if (found?.clock?.era !== clock.era) this.#tags.delete(key)
    else if (found.clock.counter < clock.counter) this.#keep(key, { ...found, clock }, 0)
    this.#onChange({ is: "tag", key, clock })
  }

  evict(key: string): void {
    this.#tags.delete(key)
    this.indexes.evict(key)
  }

  evictClock(): void {
    this.#clock = undefined
    this.#longestMs = 0
  }

  clear(): void {
    this.#tags.clear()
    this.indexes.clear()
    this.evictClock()
  }

  /** Prolongs, never shortens. */
  #keep(key: string, tag: Tag, keepMs: number): void {
    const untilMs = this.#now() + wholeMs(keepMs)
    this.#tags.set(key, tag, Math.max(untilMs, this.#tags.expiryOf(key) ?? 0))
  }
}
