import type { Random } from "../../contracts/random.ts"
import type { Generation, RedisConnection } from "../../contracts/redis-connection.ts"
import type {
  BeginTagRequest,
  BegunTag,
  CompleteTagRequest,
  TagClock,
  TagRecord,
  TagStore,
} from "../../contracts/tag-store.ts"
import { tagClockAddress, type TagAddress } from "../../entry/tag-address.ts"
import { hasCode, HoldfastError } from "../../errors/holdfast-error.ts"
import { beginTag, beginTagCall } from "../../scripts/generated/begin-tag.ts"
import { completeTag, completeTagCall } from "../../scripts/generated/complete-tag.ts"
import { invalidateTag, invalidateTagCall } from "../../scripts/generated/invalidate-tag.ts"
import { tagClock, tagClockCall } from "../../scripts/generated/tag-clock.ts"
import type { LookBatch } from "./look-batch.ts"
import { getBytes, textOf, unexpectedReply } from "./replies.ts"
import type { ScriptCalls } from "./script-calls.ts"
import { readClockText, readTagText } from "./tag-text.ts"

/** What the tags of a Redis store share with its entries. */
export interface RedisTagsOptions {
  readonly connection: RedisConnection
  readonly scripts: ScriptCalls
  readonly batch: LookBatch
  readonly namespace: string
  /** Where everybody is told of what became of a tag. */
  readonly channel: string
  readonly random: Random
}

/** How often the clock is asked, in all, when its server changes meanwhile. */
const clockAttempts = 4
const absent: TagRecord = { is: "absent" }

/** The tags of a Redis store: one script is one key, so that tags and their clock may lie on any server of a cluster. */
export class RedisTags implements TagStore {
  readonly #options: RedisTagsOptions
  readonly #clockAddress: TagAddress

  constructor(options: RedisTagsOptions) {
    this.#options = options
    this.#clockAddress = tagClockAddress(options.namespace)
  }

  readTagClock(): Promise<TagClock> {
    return this.#askClock("read")
  }

  advanceTagClock(): Promise<TagClock> {
    return this.#askClock("advance")
  }

  async lookTags(tags: readonly TagAddress[]): Promise<readonly TagRecord[]> {
    const { connection, batch } = this.#options
    const found = await Promise.all(
      tags.map((tag) => (connection.sharesSlots ? batch.look(tag.key) : getBytes(connection, tag.slot, tag.key))),
    )
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

  async invalidateTag({ key, slot }: TagAddress, { era, counter }: TagClock): Promise<void> {
    const { scripts, channel } = this.#options
    const call = invalidateTagCall({ tag: key, era, counter: String(counter), channel })
    scripts.word(slot, invalidateTag, await scripts.run(slot, invalidateTag, call), ["invalidated"])
  }

  /** The clock names the run that it was left by, so it is asked on a socket of which the run is known, and on no other. */
  async #askClock(move: "read" | "advance"): Promise<TagClock> {
    const { slot } = this.#clockAddress
    const { connection } = this.#options
    for (let attempt = 1; attempt < clockAttempts; attempt++) {
      const generation = connection.generation(slot)
      try {
        if (generation !== undefined) return await this.#askClockOn(generation, move)
        // Waits for the very first connection, and is refused where there is none.
        await connection.command(slot, ["PING"])
      } catch (error) {
        if (!hasCode(error, "GENERATION_CHANGED")) throw error
      }
    }
    const generation = connection.generation(slot)
    if (generation !== undefined) return this.#askClockOn(generation, move)
    throw new HoldfastError("STORE_UNAVAILABLE", "The server of the tag clock has no connection that stays.")
  }

  async #askClockOn(generation: Generation, move: "read" | "advance"): Promise<TagClock> {
    const { slot, key } = this.#clockAddress
    const { connection, scripts, random } = this.#options
    const call = tagClockCall({ clock: key, move, run: generation.runId, era: random.token() })
    const { reply } = await scripts.run(slot, tagClock, call, { generation })
    const clock = readClockText(textOf(reply) ?? "")
    if (clock === undefined) throw unexpectedReply(connection, slot, tagClock.name, generation)
    return clock
  }
}
