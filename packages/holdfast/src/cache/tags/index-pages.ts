import type { IndexPage, ListedLife, TagIndexStore } from "../../contracts/tag-index-store.ts"
import type { TagRecord, TagStore } from "../../contracts/tag-store.ts"
import type { TagAddress } from "../../entry/tag-address.ts"

/** How the index of a tag is read. */
export interface IndexReading {
  readonly store: Pick<TagStore, "lookTags">
  readonly index: TagIndexStore
  readonly tag: TagAddress
  /** Entries of one page. */
  readonly batch: number
  readonly signal: AbortSignal | undefined
}

/** Reads the index of a tag, page by page, and tells in the end whether it was whole. */
export class IndexPages {
  readonly #reading: IndexReading
  #isComplete: boolean | undefined

  constructor(reading: IndexReading) {
    this.#reading = reading
  }

  /**
   * Whether every entry was listed that carried the tag and lived from the beginning of the reading to its end; undefined before that.
   * An index that was lost may lack entries from before it was born anew, until the longest life has passed that any listed entry of
   * their era ever had. That life was told before such an entry was listed, and is lost only with the era of the clock; the era of an
   * entry that lives is that of its tag.
   */
  get isComplete(): boolean | undefined {
    return this.#isComplete
  }

  /** Rejects as the store does, and with the reason of the signal. The next page is read before one is handed out, so that taking its entries off cannot end the index. */
  async *pages(): AsyncGenerator<IndexPage> {
    this.#isComplete = undefined
    const { store, index, tag, signal } = this.#reading
    const [record] = await store.lookTags([tag])
    const first = await this.#read(undefined)
    let hasStayed = true
    for (let page = first; page.entries.length > 0;) {
      const next = await this.#read(page.entries.at(-1)?.endMs)
      hasStayed &&= next.birth?.name === first.birth?.name
      yield page
      signal?.throwIfAborted()
      page = next
    }
    const life = await index.listedLife(0)
    this.#isComplete = hasStayed && isOfEra(record, life) && isWhole(first, life)
  }

  #read(afterMs: number | undefined): Promise<IndexPage> {
    const { index, tag, batch, signal } = this.#reading
    signal?.throwIfAborted()
    return index.listedEntries(tag, { afterMs, limit: batch })
  }
}

/** An absent tag kills all entries; those that another making of it may bring back are of the era of that time. */
function isOfEra(record: TagRecord | undefined, { clock }: ListedLife): boolean {
  return record?.is !== "complete" || record.clock.era === clock.era
}

function isWhole({ birth, nowMs }: IndexPage, { longestMs }: ListedLife): boolean {
  return birth === undefined ? longestMs === 0 : nowMs > birth.atMs + longestMs
}
