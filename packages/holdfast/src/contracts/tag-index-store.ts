import type { EntryAddress } from "../entry/key.ts"
import type { TagAddress } from "../entry/tag-address.ts"
import type { TagClock } from "./tag-store.ts"

/** An entry that is about to be stored with a tag. */
export interface EntryToList {
  /** Its value key. */
  readonly key: string
  /** After so long from now it has certainly ended, in milliseconds. */
  readonly lifeMs: number
}

/** An entry as the index of a tag lists it. */
export interface ListedEntry {
  /** Its value key. */
  readonly key: string
  /** Store time in milliseconds by which it has ended; later whenever it is listed again. */
  readonly endMs: number
}

/** A part of the index of a tag. */
export interface IndexPage {
  /** In the order of their ends; empty once there are no more. */
  readonly entries: readonly ListedEntry[]
  /** Store time of the answer, in milliseconds. */
  readonly nowMs: number
  /** Store time in milliseconds since when the index has lost nothing, and a name of that birth; undefined if there is no index, or it may have lost something. */
  readonly birth: { readonly atMs: number; readonly name: string } | undefined
  /** Another one as soon as anything is taken off that has not ended; undefined if there is no index. */
  readonly state: string | undefined
}

/** How long listed entries live at most. */
export interface ListedLife {
  /** The tag clock in whose era that holds. */
  readonly clock: TagClock
  /** In milliseconds; 0: none was ever listed. */
  readonly longestMs: number
}

/** By what an entry is to be dead to be reclaimed. */
export interface ReclaimRequest {
  /** Name of the tag. */
  readonly tag: string
  /** Whoever has recorded an earlier time of this era with that tag is dead for good. */
  readonly before: TagClock
  /** How long older versions are refused at most, in milliseconds. */
  readonly tombstoneMs: number
}

/**
 * `freed-busy`: and somebody may be about to store another one; `gone`: nothing was there. `stays`: it is not dead by that tag, or
 * nothing is there and somebody may be about to store something.
 */
export type Reclaimed = "freed" | "freed-busy" | "gone" | "stays"

/** Keeps, for the tags of caches that ask for it, which entries carry them: one index per tag, in the slot of the tag. */
export interface TagIndexStore {
  /** How long listed entries live at most in this era, raised to `lifeMs` first; to be called before an entry with a longer life is listed. 0 raises nothing. */
  listedLife(lifeMs: number): Promise<ListedLife>
  /** Lists entries before they are stored. What has ended leaves, and the index itself with the last of its entries. */
  listEntries(tag: TagAddress, entries: readonly EntryToList[]): Promise<void>
  /**
   * The entries that end later than `afterMs`, the next ones first; those that end together come together, so that there may be more
   * than `limit`. Whoever asks page after page gets all that were listed when it began and are not taken off.
   */
  listedEntries(
    tag: TagAddress,
    request: { readonly afterMs: number | undefined; readonly limit: number },
  ): Promise<IndexPage>
  /**
   * Takes entries off the index, those that nobody has listed again since they were read there.
   *
   * @param since state of the index when they were read
   * @returns its state from now on; undefined, and nothing is done, if anything else was taken off since
   */
  unlistEntries(tag: TagAddress, entries: readonly ListedEntry[], since: string): Promise<string | undefined>
  /** Removes an entry that is dead by a tag; never one that was stored since, and never voids a lease or a window. */
  reclaim(address: EntryAddress, request: ReclaimRequest): Promise<Reclaimed>
}
