import type { Clock } from "../../contracts/clock.ts"
import type { Change, Coherence } from "../../contracts/coherence.ts"
import type { TagClock, TagRecord, TagStore } from "../../contracts/tag-store.ts"
import { tagAddress, tagClockAddress, type TagAddress } from "../../entry/tag-address.ts"
import { KnownClock } from "./known-clock.ts"
import { KnownTags } from "./known-tags.ts"
import { PresentTags } from "./present-tags.ts"
import { TagLooks } from "./tag-looks.ts"

/** What a {@link TagTable} is made of. */
export interface TagTableOptions {
  readonly namespace: string
  readonly store: TagStore
  readonly clock: Clock
  /** Undefined: nothing is known under a proof, and tags are read each time. */
  readonly coherence?: Coherence | undefined
  /** Tags remembered at most, of each kind. Default 10,000. */
  readonly limit?: number
}

/** What one process knows of the tags of its namespace: the tag clock, tags under a proof, and which of them are in the store. */
export class TagTable {
  readonly clock: KnownClock
  readonly known: KnownTags
  readonly present: PresentTags
  readonly #namespace: string
  readonly #clockKey: string
  readonly #store: TagStore
  readonly #time: Clock
  readonly #limit: number
  readonly #addresses = new Map<string, TagAddress>()
  readonly #looks: TagLooks
  readonly #onInvalidation: ((tags: readonly TagAddress[]) => void)[] = []

  constructor({ namespace, store, clock, coherence, limit = 10_000 }: TagTableOptions) {
    this.#namespace = namespace
    this.#store = store
    this.#time = clock
    this.#limit = limit
    const clockAddress = tagClockAddress(namespace)
    this.#clockKey = clockAddress.key
    this.clock = new KnownClock(store, clock, () => coherence?.witness(clockAddress))
    this.known = new KnownTags(coherence, limit)
    this.present = new PresentTags(limit)
    this.#looks = new TagLooks((tag, maxStalenessMs) => this.#look(tag, maxStalenessMs))
    coherence?.onChange((change) => this.#heard(change))
  }

  /** Where a tag lives; `name` as of `checkedTagNames`. */
  addressOf(name: string): TagAddress {
    const known = this.#addresses.get(name)
    if (known !== undefined) return known
    if (this.#addresses.size >= this.#limit) this.#addresses.clear()
    const address = tagAddress(this.#namespace, name)
    this.#addresses.set(name, address)
    return address
  }

  /** A near cache may hold entries of so many groups: each is served only while the tag of its group is known. */
  makeRoom(groups: number): void {
    this.known.makeRoom(groups)
    this.present.makeRoom(groups)
  }

  /** What the store holds of a tag, to be asked for in the turn of the look that it belongs to. Rejects as the store does. */
  look(tag: TagAddress, maxStalenessMs: number | undefined): Promise<TagRecord> {
    return this.#looks.look(tag, maxStalenessMs)
  }

  /**
   * An entry with this tag was found dead, by a look sent then: what is known may be outdated, and must not be used for the next load.
   *
   * @param record what the tag was found to be
   */
  mismatch({ key }: TagAddress, record: TagRecord, sentMs: number): void {
    this.present.found(key, record.is === "complete" ? record.clock.era : undefined)
    const known = this.clock.known
    const isNewer = record.is === "complete" && known?.era === record.clock.era && known.counter >= record.clock.counter
    if (!isNewer) this.clock.distrust(sentMs)
  }

  /** Calls back whenever this process begins to invalidate tags, and again when the store has been told. */
  onInvalidation(react: (tags: readonly TagAddress[]) => void): void {
    this.#onInvalidation.push(react)
  }

  /**
   * This process invalidates tags: call it when it begins, and again for those that the store was told of.
   *
   * @param clock at which they were invalidated; undefined while nobody knows
   */
  invalidated(tags: readonly TagAddress[], clock: TagClock | undefined): void {
    if (clock !== undefined) this.clock.heard(clock)
    for (const { key } of tags) this.known.changed(key, clock)
    for (const react of this.#onInvalidation) react(tags)
  }

  async #look(tag: TagAddress, maxStalenessMs: number | undefined): Promise<TagRecord> {
    const marker = this.known.mark(tag, this.#time.monotonic(), maxStalenessMs)
    try {
      const [record = absent] = await this.#store.lookTags([tag])
      if (marker !== undefined) this.known.keep(marker, record)
      return record
    } catch (error) {
      if (marker !== undefined) this.known.end(marker)
      throw error
    }
  }

  /** One that is invalidated in its own era stays where it is; of another era it has been removed. */
  #heard(change: Change): void {
    if (change.is === "touched") return this.#touched(change.key)
    if (change.is !== "tag") return
    const { key, clock } = change
    this.present.found(key, clock.era)
    this.clock.heard(clock)
    this.known.changed(key, clock)
  }

  /** Which kind of change it was is not known: what is known of the key counts again once it was read again. */
  #touched(key: string): void {
    if (key === this.#clockKey) this.clock.distrust(this.#time.monotonic())
    else this.known.doubt(key)
  }
}

const absent: TagRecord = { is: "absent" }
