import type { TagClock, TagRecord } from "../../contracts/tag-store.ts"
import type { EntryAddress } from "../../entry/key.ts"
import type { TagAddress } from "../../entry/tag-address.ts"
import type { TagStamp } from "../../entry/tag-stamp.ts"
import type { CacheSettings } from "../cache-settings.ts"
import type { CacheStats } from "../cache-stats.ts"
import type { Parts } from "../parts.ts"
import type { KnownTag } from "./known-tag.ts"

/** `dead`: a tag was invalidated after the clock that the entry records, or is lost. `unknown`: the store could not be asked. */
export type Verdict = "valid" | "dead" | "unknown"

/** What became of one tag since an entry recorded the tag clock; `undelivered`: its invalidation waits for the store. */
export type TagState = "valid" | "invalidated" | "missing" | "undelivered"

/** Why an entry is dead, if it is, and the state of each tag that the user has given it. */
export interface TagExplanation {
  readonly why: "clock" | "clear" | "group" | "tag" | undefined
  readonly tags: readonly { readonly tag: string; readonly state: TagState }[]
}

/** What a look at a tag found, and when it was sent; undefined if the store could not be asked. */
export type TagSight = { readonly record: TagRecord; readonly sentMs: number } | undefined

/** Looks at the tags that an entry carries whatever it holds: sent together with the look at the entry. */
export type TagsAhead = readonly { readonly tag: TagAddress; readonly sight: Promise<TagSight> }[]

/** Judges the entries of one cache by their tags (R7). Every entry carries the tag of its cache, for `clear`, and that of its group. */
export class TagJudge {
  readonly #clearTag: TagAddress
  readonly #onAll: readonly TagAddress[]
  /** Undefined: no proof will do, and tags are read with each entry. */
  readonly #maxStalenessMs: number | undefined
  readonly #parts: Pick<Parts, "clock" | "journal" | "tagTable">
  readonly #stats: CacheStats
  readonly #onFailure: (error: unknown) => void

  /** @param onFailure hears of a look that the store could not answer */
  constructor(
    settings: Pick<CacheSettings<never, never>, "clearTag" | "near">,
    parts: Pick<Parts, "clock" | "journal" | "tagTable">,
    stats: CacheStats,
    onFailure: (error: unknown) => void,
  ) {
    this.#clearTag = settings.clearTag
    this.#onAll = [settings.clearTag]
    this.#maxStalenessMs = settings.near?.maxStalenessMs
    this.#parts = parts
    this.#stats = stats
    this.#onFailure = onFailure
  }

  /** Looks at those tags, together with the looks of this turn; undefined where a proof makes that needless. */
  lookAhead(address: EntryAddress): TagsAhead | undefined {
    const unknown = this.alwaysOn(address).filter((tag) => this.#known(tag) === undefined)
    return unknown.length === 0 ? undefined : unknown.map((tag) => ({ tag, sight: this.#look(tag) }))
  }

  /** @param ahead what `lookAhead` answered in the turn of the look that found this entry */
  judge(address: EntryAddress, stamp: TagStamp | undefined, ahead?: TagsAhead): Verdict | Promise<Verdict> {
    if (stamp === undefined) return this.#dead()
    const { clock } = stamp
    const tags = this.tagsOf(address, stamp)
    if (this.#isUndelivered(tags)) return this.#dead()
    const unknown: TagAddress[] = []
    for (const tag of tags) {
      const known = this.#known(tag)
      if (known === undefined) unknown.push(tag)
      else if (!this.#covers(known, clock)) return this.#mismatch(tag, known)
    }
    if (unknown.length === 0) return "valid"
    return this.#judgeByLook(
      clock,
      unknown,
      unknown.map((tag) => ahead?.find((looked) => looked.tag === tag)?.sight ?? this.#look(tag)),
    )
  }

  /** The tags that an entry carries whatever it holds: that of its cache, and that of its group. */
  alwaysOn({ groupTag }: EntryAddress): readonly TagAddress[] {
    return groupTag === undefined ? this.#onAll : [this.#clearTag, groupTag]
  }

  /** Where the tags of an entry live, those that it carries whatever it holds before the others. */
  tagsOf(address: EntryAddress, { tags }: Pick<TagStamp, "tags">): readonly TagAddress[] {
    const always = this.alwaysOn(address)
    return tags.length === 0 ? always : [...always, ...tags.map((name) => this.#parts.tagTable.addressOf(name))]
  }

  /** Looks at those tags of an entry that are not known, for whoever will ask for their proofs. Never rejects. */
  async learn(address: EntryAddress, stamp: TagStamp): Promise<void> {
    const unknown = this.tagsOf(address, stamp).filter((tag) => this.#known(tag) === undefined)
    await Promise.all(unknown.map((tag) => this.#look(tag)))
  }

  /** All tags of an entry as they are known under a proof; undefined if one is not, or if its invalidation waits for the store. */
  proofsOf(address: EntryAddress, stamp: TagStamp): readonly KnownTag[] | undefined {
    const tags = this.tagsOf(address, stamp)
    if (this.#isUndelivered(tags)) return undefined
    const known = tags.map((tag) => this.#known(tag))
    return known.every((tag) => tag !== undefined) ? known : undefined
  }

  /** Reads every tag, whatever is known. Rejects as the store does. */
  async explain(address: EntryAddress, stamp: TagStamp | undefined): Promise<TagExplanation> {
    if (stamp === undefined) return { why: "clock", tags: [] }
    const states = await Promise.all(this.tagsOf(address, stamp).map((tag) => this.#stateOf(tag, stamp.clock)))
    const named = states.slice(this.alwaysOn(address).length)
    const tags = stamp.tags.map((tag, at) => ({ tag, state: named[at] ?? "missing" }))
    const firstDead = states.findIndex((state) => state !== "valid")
    if (firstDead < 0) return { why: undefined, tags }
    if (firstDead === 0) return { why: "clear", tags }
    return { why: firstDead === 1 && address.groupTag !== undefined ? "group" : "tag", tags }
  }

  async #stateOf(tag: TagAddress, clock: TagClock): Promise<TagState> {
    const { journal, tagTable } = this.#parts
    if (journal.holds(tag.key)) return "undelivered"
    const record = await tagTable.look(tag, undefined)
    if (isValidBy(record, clock)) return "valid"
    return record.is === "complete" && record.clock.era === clock.era ? "invalidated" : "missing"
  }

  #isUndelivered(tags: readonly TagAddress[]): boolean {
    return tags.some(({ key }) => this.#parts.journal.holds(key))
  }

  #known(tag: TagAddress): KnownTag | undefined {
    const { clock, tagTable } = this.#parts
    return tagTable.known.find(tag.key, clock.monotonic(), this.#maxStalenessMs)
  }

  #covers(known: KnownTag, clock: TagClock): boolean {
    return known.covers(clock, this.#parts.clock.monotonic(), this.#maxStalenessMs ?? 0)
  }

  /** Never rejects. */
  async #look(tag: TagAddress): Promise<TagSight> {
    const sentMs = this.#parts.clock.monotonic()
    try {
      return { record: await this.#parts.tagTable.look(tag, this.#maxStalenessMs), sentMs }
    } catch (error) {
      this.#onFailure(error)
      return undefined
    }
  }

  async #judgeByLook(
    clock: TagClock,
    tags: readonly TagAddress[],
    looks: readonly Promise<TagSight>[],
  ): Promise<Verdict> {
    const sights = await Promise.all(looks)
    let isDead = false
    sights.forEach((sight, at) => {
      if (sight === undefined || isValidBy(sight.record, clock)) return
      isDead = true
      this.#parts.tagTable.mismatch(tags[at] as TagAddress, sight.record, sight.sentMs)
    })
    if (isDead) return this.#dead()
    return sights.includes(undefined) ? "unknown" : "valid"
  }

  #mismatch(tag: TagAddress, known: KnownTag): Verdict {
    const record: TagRecord = known.clock === "dead" ? { is: "absent" } : { is: "complete", clock: known.clock }
    this.#parts.tagTable.mismatch(tag, record, this.#parts.clock.monotonic())
    return this.#dead()
  }

  #dead(): Verdict {
    this.#stats.deadByTag += 1
    return "dead"
  }
}

/** Whether an entry that has recorded this clock is not dead by a tag. */
export function isValidBy(record: TagRecord, recorded: TagClock): boolean {
  return record.is === "complete" && record.clock.era === recorded.era && record.clock.counter <= recorded.counter
}
