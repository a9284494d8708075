import type { Random } from "../../contracts/random.ts"
import type { ListedLife } from "../../contracts/tag-index-store.ts"
import type { Generation, RedisConnection, SendOptions } from "../../contracts/redis-connection.ts"
import type {
  BeginTagRequest,
  BegunTag,
  CompleteTagRequest,
  TagClock,
  TagRecord,
  TagStore,
} from "../../contracts/tag-store.ts"
import { tagClockAddress, type TagAddress } from "../../entry/tag-address.ts"
import { beginTag, beginTagCall } from "../../scripts/generated/begin-tag.ts"
import { completeTag, completeTagCall } from "../../scripts/generated/complete-tag.ts"
import { invalidateTag, invalidateTagCall } from "../../scripts/generated/invalidate-tag.ts"
import { tagClock, tagClockCall } from "../../scripts/generated/tag-clock.ts"
import { onKnownRun } from "./known-run.ts"
import type { Looks } from "./looks.ts"
import { textOf, unexpectedReply } from "./replies.ts"
import type { ScriptCalls } from "./script-calls.ts"
import { readClockText, readTagText } from "./tag-text.ts"

/** What the tags of a Redis store share with its entries. */
export interface RedisTagsOptions {
  readonly connection: RedisConnection
  readonly scripts: ScriptCalls
  readonly looks: Looks
  readonly namespace: string
  /** Where everybody is told of what became of a tag. */
  readonly channel: string
  readonly random: Random
}

const absent: TagRecord = { is: "absent" }

/** The tags of a Redis store: one script is one key, so that tags and their clock may lie on any server of a cluster. */
export class RedisTags implements TagStore {
  readonly #options: RedisTagsOptions
  readonly #clockAddress: TagAddress

  constructor(options: RedisTagsOptions) {
    this.#options = options
    this.#clockAddress = tagClockAddress(options.namespace)
  }

  async readTagClock(): Promise<TagClock> {
    return (await this.#askClock("read", 0)).clock
  }

  async advanceTagClock(): Promise<TagClock> {
    return (await this.#askClock("advance", 0)).clock
  }

  /** See `TagIndexStore`: the clock keeps it, so that it cannot be lost without the era of the entries that it is about. */
  listedLife(lifeMs: number): Promise<ListedLife> {
    return this.#askClock("read", lifeMs)
  }

  async lookTags(tags: readonly TagAddress[]): Promise<readonly TagRecord[]> {
    const found = await Promise.all(tags.map((tag) => this.#options.looks.look(tag.key, tag)))
    return found.map((bytes) => readTagText(textOf(bytes) ?? "")?.record ?? absent)
  }

  async beginTag({ key, slot }: TagAddress, { incarnation, era, keepMs }: BeginTagRequest): Promise<BegunTag> {
    const { connection, scripts } = this.#options
    const call = beginTagCall({ tag: key, incarnation, era, keepMs })
    const { reply, generation } = await scripts.run(slot, beginTag, call)
    const begun = readTagText(textOf(reply) ?? "")
    if (begun?.record.is === "complete") return begun.record
    if (begun?.record.is === "half-made") return { is: "half-made", incarnation: begun.incarnation }
    throw unexpectedReply(connection, slot, beginTag.name, generation)
  }

  async completeTag(
    { key, slot }: TagAddress,
    { incarnation, clock, keepMs }: CompleteTagRequest,
  ): Promise<"complete" | "other"> {
    const { scripts, channel } = this.#options
    const { era, counter } = clock
    const call = completeTagCall({ tag: key, incarnation, era, counter: String(counter), keepMs, channel })
    return scripts.word(slot, completeTag, await scripts.run(slot, completeTag, call), ["complete", "other"])
  }

  /** @param sending of its script */
  async invalidateTag({ key, slot }: TagAddress, { era, counter }: TagClock, sending?: SendOptions): Promise<void> {
    const { scripts, channel } = this.#options
    const call = invalidateTagCall({ tag: key, era, counter: String(counter), channel })
    scripts.word(slot, invalidateTag, await scripts.run(slot, invalidateTag, call, sending), ["invalidated"])
  }

  /** The clock names the run that it was left by, so it is asked on a socket of which the run is known, and on no other. */
  #askClock(move: "read" | "advance", lifeMs: number): Promise<ListedLife> {
    const { slot } = this.#clockAddress
    return onKnownRun(this.#options.connection, slot, (generation) => this.#askClockOn(generation, move, lifeMs))
  }

  async #askClockOn(generation: Generation, move: "read" | "advance", lifeMs: number): Promise<ListedLife> {
    const { slot, key } = this.#clockAddress
    const { connection, scripts, random } = this.#options
    const life = String(Math.ceil(lifeMs))
    const call = tagClockCall({ clock: key, move, run: generation.runId, era: random.token(), life })
    const { reply } = await scripts.run(slot, tagClock, call, { generation })
    const told = readClockText(textOf(reply) ?? "")
    if (told === undefined) throw unexpectedReply(connection, slot, tagClock.name, generation)
    return told
  }
}
