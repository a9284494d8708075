import { peekStamp } from "../../entry/envelope.ts"
import { EntryAddress, readEntryKey, type EntryNames } from "../../entry/key.ts"
import { clearTagAddress } from "../../entry/tag-address.ts"
import { CacheStats } from "../cache-stats.ts"
import type { Parts } from "../parts.ts"
import { IndexPages, type IndexReading } from "./index-pages.ts"
import { TagJudge } from "./tag-judge.ts"

/** Options of `listTag`. */
export interface ListTagOptions {
  /** Ends the listing when aborted: the iteration rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Entries asked for at one time, 1 to 1,000. Default 200. */
  readonly batch?: number
  /**
   * Looks at each entry, and leaves out those that have been replaced, invalidated or evicted, or that are dead by any of their tags.
   * Default false: the index alone is read, and lists an entry until its life is over.
   */
  readonly verify?: boolean
}

/** An entry that carries a tag. */
export interface TaggedEntry extends EntryNames {
  /** Its key in the store. It may hold user data. */
  readonly storeKey: string
}

/** What a listing works on. */
interface ListingParts {
  readonly namespace: string
  readonly name: string
  readonly shared: Pick<Parts, "clock" | "journal" | "tagTable" | "store">
  readonly onFailure: (error: unknown) => void
}

/** The entries that carry a tag, of caches with `index`, to be iterated. An entry that is stored again meanwhile may come twice. */
export class TagListing implements AsyncIterable<TaggedEntry> {
  readonly #parts: ListingParts
  readonly #reading: IndexReading
  readonly #verify: boolean
  readonly #judges = new Map<string, TagJudge>()
  #complete: boolean | undefined

  /** @internal */
  constructor(parts: ListingParts, reading: IndexReading, verify: boolean) {
    this.#parts = parts
    this.#reading = reading
    this.#verify = verify
  }

  /**
   * Once an iteration has ended: whether it listed every entry, of caches with `index`, that carries the tag and was alive when it
   * began. False after the index was lost, and for a new one, until the longest life of any listed entry has passed.
   */
  get complete(): boolean | undefined {
    return this.#complete
  }

  /** Rejects as the store does, and with the signal's reason. */
  async *[Symbol.asyncIterator](): AsyncGenerator<TaggedEntry> {
    this.#complete = undefined
    const pages = new IndexPages(this.#reading)
    for await (const { entries: page } of pages.pages()) {
      const isListed = await Promise.all(page.map(({ key }) => this.#isListed(key)))
      for (const [at, { key: storeKey }] of page.entries()) {
        const names = readEntryKey(this.#parts.namespace, storeKey)
        if (names !== undefined && isListed[at] === true) yield { ...names, storeKey }
      }
    }
    this.#complete = pages.isComplete
  }

  async #isListed(storeKey: string): Promise<boolean> {
    if (!this.#verify) return true
    const { namespace, name, shared } = this.#parts
    const cache = readEntryKey(namespace, storeKey)?.cache
    if (cache === undefined || shared.journal.holds(storeKey)) return false
    const address = new EntryAddress(storeKey)
    const bytes = await shared.store.look(address)
    const stamp = bytes && peekStamp(bytes)
    if (stamp?.tags.includes(name) !== true) return false
    return (await this.#judgeOf(cache).judge(address, stamp)) !== "dead"
  }

  /** Reads every tag anew: a listing is no read of a cache, whose proofs and figures it leaves alone. */
  #judgeOf(cache: string): TagJudge {
    const known = this.#judges.get(cache)
    if (known !== undefined) return known
    const { namespace, shared, onFailure } = this.#parts
    const settings = { clearTag: clearTagAddress(namespace, cache), near: undefined }
    const judge = new TagJudge(settings, shared, new CacheStats(), onFailure)
    this.#judges.set(cache, judge)
    return judge
  }
}
