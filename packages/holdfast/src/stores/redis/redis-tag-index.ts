import type { Random } from "../../contracts/random.ts"
import type { RedisConnection } from "../../contracts/redis-connection.ts"
import type {
  EntryToList,
  IndexPage,
  ListedEntry,
  ListedLife,
  Reclaimed,
  ReclaimRequest,
  TagIndexStore,
} from "../../contracts/tag-index-store.ts"
import type { EntryAddress } from "../../entry/key.ts"
import type { TagAddress } from "../../entry/tag-address.ts"
import { indexTag, indexTagCall } from "../../scripts/generated/index-tag.ts"
import { listTag, listTagCall } from "../../scripts/generated/list-tag.ts"
import { reclaim, reclaimCall } from "../../scripts/generated/reclaim.ts"
import { unlistEntries, unlistEntriesCall } from "../../scripts/generated/unlist-entries.ts"
import { readIndexPage } from "./index-page.ts"
import { onKnownRun } from "./known-run.ts"
import type { RedisTags } from "./redis-tags.ts"
import { unexpectedReply } from "./replies.ts"
import type { ScriptCalls } from "./script-calls.ts"

/** What the indexes of tags share with the rest of a Redis store. */
interface RedisTagIndexOptions {
  readonly connection: RedisConnection
  readonly scripts: ScriptCalls
  readonly tags: RedisTags
  /** Names the states of indexes. */
  readonly random: Random
}

const reclaimAnswers = ["freed", "freed-busy", "gone", "stays"] as const

/** The indexes of tags in a Redis store: each is a sorted set in the slot of its tag. */
export class RedisTagIndex implements TagIndexStore {
  readonly #options: RedisTagIndexOptions

  constructor(options: RedisTagIndexOptions) {
    this.#options = options
  }

  listedLife(lifeMs: number): Promise<ListedLife> {
    return this.#options.tags.listedLife(lifeMs)
  }

  async listEntries({ index, slot }: TagAddress, listed: readonly EntryToList[]): Promise<void> {
    const { connection, scripts, random } = this.#options
    const entries = listed.map(({ key, lifeMs }) => `${Math.ceil(lifeMs)} ${key}`).join("\n")
    await onKnownRun(connection, slot, (generation) => {
      const call = indexTagCall({ index, run: generation.runId, state: random.token(), entries })
      return scripts.ask(slot, indexTag, call, ["listed"], { generation })
    })
  }

  async listedEntries(
    { index, slot }: TagAddress,
    { afterMs, limit }: { readonly afterMs: number | undefined; readonly limit: number },
  ): Promise<IndexPage> {
    const { connection, scripts } = this.#options
    const call = listTagCall({ index, after: String(afterMs ?? 0), limit: String(limit) })
    const { reply, generation } = await scripts.run(slot, listTag, call)
    const page = readIndexPage(reply, generation?.runId)
    if (page === undefined) throw unexpectedReply(connection, slot, listTag.name, generation)
    return page
  }

  async unlistEntries(
    { index, slot }: TagAddress,
    listed: readonly ListedEntry[],
    since: string,
  ): Promise<string | undefined> {
    const { scripts, random } = this.#options
    const state = random.token()
    const entries = listed.map(({ key, endMs }) => `${endMs} ${key}`).join("\n")
    const call = unlistEntriesCall({ index, since, state, entries })
    return (await scripts.ask(slot, unlistEntries, call, ["unlisted", "other"])) === "unlisted" ? state : undefined
  }

  reclaim({ value, control, slot }: EntryAddress, { tag, before, tombstoneMs }: ReclaimRequest): Promise<Reclaimed> {
    const era = Buffer.from(before.era, "hex")
    const call = reclaimCall({ value, control, tag, era, counter: String(before.counter), tombstoneMs })
    return this.#options.scripts.ask(slot, reclaim, call, reclaimAnswers)
  }
}
