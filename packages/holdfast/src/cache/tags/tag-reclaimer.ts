import type { HoldfastEvent } from "../../contracts/observer.ts"
import type { IndexPage, ListedEntry, Reclaimed } from "../../contracts/tag-index-store.ts"
import type { TagClock, TagStore } from "../../contracts/tag-store.ts"
import { EntryAddress, readEntryKey } from "../../entry/key.ts"
import { storeErrorEvent } from "../store-error.ts"
import { IndexPages, type IndexReading } from "./index-pages.ts"

/** Options of `reclaimTag`. */
export interface ReclaimTagOptions {
  /** Ends the work when aborted: it rejects with the signal's reason, and what is freed stays freed. */
  readonly signal?: AbortSignal
  /** Entries looked after at one time, 1 to 1,000. Default 200. */
  readonly batch?: number
  /** Called after each batch. What it throws ends the work. */
  readonly onProgress?: (progress: ReclaimProgress) => void
}

/** How far it is. */
export interface ReclaimProgress {
  /** Dead entries that were removed. */
  readonly freed: number
  /** Listed entries that were left alone: alive, without that tag by now, or out of reach. */
  readonly left: number
}

/** What became of the dead entries of a tag. */
export interface ReclaimedTag extends ReclaimProgress {
  /** Whether the index listed all entries, of caches with `index`, that carry the tag; false: others may be left, until their time has passed. */
  readonly complete: boolean
}

/** What reclaiming works on. */
interface ReclaimerParts {
  readonly namespace: string
  /** Name of the tag. */
  readonly name: string
  readonly store: Pick<TagStore, "readTagClock" | "lookTags">
  /** How long the versions of a cache's entries are guarded; undefined: the cache is not known here. */
  readonly tombstoneMsOf: (cache: string) => number | undefined
  readonly report: ((event: HoldfastEvent) => void) | undefined
  readonly onProgress: ReclaimTagOptions["onProgress"]
}

/** Where the cache of an entry is not known, its version guards as long as the entry would have. */
const asLongAsTheEntry = Number.MAX_SAFE_INTEGER

/** Removes the entries that a tag has killed, batch by batch. */
export class TagReclaimer {
  readonly #parts: ReclaimerParts
  readonly #reading: IndexReading
  #freed = 0
  #left = 0
  /** How the state of the index has changed because this one took entries off. */
  #ownChange: { readonly from: string; readonly to: string } | undefined

  constructor(parts: ReclaimerParts, reading: IndexReading) {
    this.#parts = parts
    this.#reading = reading
  }

  /** Rejects as the store does, and with the reason of the signal. */
  async run(): Promise<ReclaimedTag> {
    const before = await this.#deadBefore()
    const pages = new IndexPages(this.#reading)
    for await (const page of pages.pages()) {
      await this.#reclaimAll(page, before)
      this.#parts.onProgress?.({ freed: this.#freed, left: this.#left })
    }
    return { freed: this.#freed, left: this.#left, complete: pages.isComplete === true && before !== undefined }
  }

  /**
   * Entries that recorded an earlier time of this era, with the tag, are dead for good. The clock is read before the tag: a tag that is
   * absent after that, or of another era, can only be made at that time or later. One that is half-made may be completed at an
   * earlier time that its maker has read already; then nothing is certain.
   */
  async #deadBefore(): Promise<TagClock | undefined> {
    const clock = await this.#parts.store.readTagClock()
    const [record] = await this.#parts.store.lookTags([this.#reading.tag])
    if (record?.is === "half-made") return undefined
    return record?.is === "complete" && record.clock.era === clock.era ? record.clock : clock
  }

  async #reclaimAll({ entries: page, state }: IndexPage, before: TagClock | undefined): Promise<void> {
    if (before === undefined) {
      this.#left += page.length
      return
    }
    const answers = await Promise.all(page.map((entry) => this.#reclaim(entry, before)))
    this.#freed += answers.filter((answer) => answer === "freed" || answer === "freed-busy").length
    this.#left += answers.filter((answer) => answer === "stays" || answer === "failed").length
    // Whoever lists an entry from now on gives it another end, and whoever had listed one of these can store it no more.
    const ended = page.filter((_entry, at) => answers[at] === "freed" || answers[at] === "gone")
    if (ended.length > 0 && state !== undefined) await this.#unlist(ended, state)
  }

  /** The page may have been read before the one before it was taken off. Where somebody else takes entries off too, they leave by themselves. */
  async #unlist(ended: readonly ListedEntry[], read: string): Promise<void> {
    const { index, tag } = this.#reading
    const since = this.#ownChange?.from === read ? this.#ownChange.to : read
    const next = await index.unlistEntries(tag, ended, since)
    this.#ownChange = next === undefined ? undefined : { from: since, to: next }
  }

  /** One that cannot be reached is left to its time. */
  async #reclaim({ key }: ListedEntry, before: TagClock): Promise<Reclaimed | "failed"> {
    const { namespace, name, tombstoneMsOf, report } = this.#parts
    const cache = readEntryKey(namespace, key)?.cache
    if (cache === undefined) return "stays"
    const tombstoneMs = tombstoneMsOf(cache) ?? asLongAsTheEntry
    try {
      return await this.#reading.index.reclaim(new EntryAddress(key), { tag: name, before, tombstoneMs })
    } catch (error) {
      report?.(storeErrorEvent(cache, "reclaim", error))
      return "failed"
    }
  }
}
