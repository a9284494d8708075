import type {
  EntryToList,
  IndexPage,
  ListedEntry,
  ListedLife,
  Reclaimed,
  ReclaimRequest,
  TagIndexStore,
} from "../../contracts/tag-index-store.ts"
import { peekEnvelope, peekStamp } from "../../entry/envelope.ts"
import type { EntryAddress } from "../../entry/key.ts"
import type { TagAddress } from "../../entry/tag-address.ts"
import { raised } from "./control-record.ts"
import type { EntryShelf } from "./entry-shelf.ts"
import type { RecordShelf } from "./record-shelf.ts"
import type { TagShelf } from "./tag-shelf.ts"

/** What an in-process store keeps, as far as its indexes have to do with it. */
interface Shelves {
  readonly tags: TagShelf
  readonly entries: EntryShelf
  readonly records: RecordShelf
  readonly now: () => number
  /** Throws once the store is closed. */
  readonly assertOpen: () => void
}

/** The indexes of tags in an in-process store. */
export class MemoryTagIndex implements TagIndexStore {
  readonly #shelves: Shelves

  constructor(shelves: Shelves) {
    this.#shelves = shelves
  }

  async listedLife(lifeMs: number): Promise<ListedLife> {
    this.#shelves.assertOpen()
    return this.#shelves.tags.listedLife(lifeMs)
  }

  async listEntries({ index }: TagAddress, entries: readonly EntryToList[]): Promise<void> {
    this.#shelves.assertOpen()
    this.#shelves.tags.indexes.list(index, entries)
  }

  async listedEntries(
    { index }: TagAddress,
    { afterMs, limit }: { readonly afterMs: number | undefined; readonly limit: number },
  ): Promise<IndexPage> {
    this.#shelves.assertOpen()
    return this.#shelves.tags.indexes.listed(index, afterMs, limit)
  }

  async unlistEntries(
    { index }: TagAddress,
    entries: readonly ListedEntry[],
    since: string,
  ): Promise<string | undefined> {
    this.#shelves.assertOpen()
    return this.#shelves.tags.indexes.unlist(index, entries, since)
  }

  /** See `scripts/reclaim.lua`. */
  async reclaim({ value, control }: EntryAddress, { tag, before, tombstoneMs }: ReclaimRequest): Promise<Reclaimed> {
    const { assertOpen, entries, records, now } = this.#shelves
    assertOpen()
    const record = records.get(control)
    const isBusy = record.lease !== undefined || record.windows.length > 0
    const bytes = entries.get(value)
    if (bytes === undefined) return isBusy ? "stays" : "gone"
    const stamp = peekStamp(bytes)
    if (stamp === undefined || stamp.clock.era !== before.era) return "stays"
    if (stamp.clock.counter >= before.counter || !stamp.tags.includes(tag)) return "stays"
    const version = peekEnvelope(bytes)?.version
    if (version !== undefined) {
      const leftMs = Math.max(1, Math.min(entries.keepMsOf(value) ?? 0, tombstoneMs))
      records.put(control, raised(record, version, now() + leftMs))
    }
    entries.evict(value)
    return isBusy ? "freed-busy" : "freed"
  }
}
