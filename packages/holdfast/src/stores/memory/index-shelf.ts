import type { Random } from "../../contracts/random.ts"
import type { EntryToList, IndexPage, ListedEntry } from "../../contracts/tag-index-store.ts"
import { ExpiringMap } from "./expiring-map.ts"
import { wholeMs } from "./whole-ms.ts"

/** The index of one tag; what has ended is taken out now and then. */
interface Index {
  readonly bornMs: number
  readonly ends: Map<string, number>
  lastMs: number
  state: string
  /** How many are listed when it is looked through again. */
  trimAbove: number
  /** The same in the order of their ends; undefined after a change. */
  sorted: readonly ListedEntry[] | undefined
}

interface IndexShelfOptions {
  readonly maxEntries: number
  readonly now: () => number
  /** Names the states of indexes. */
  readonly random: Random
}

/** Entries listed by all indexes, as a multiple of the entries that the store holds at most. */
const listedPerEntry = 10
const trimAtLeast = 100

/** The indexes of an in-process store: the in-process twin of `scripts/index-tag.lua` and its like. */
export class IndexShelf {
  readonly #indexes: ExpiringMap<Index>
  readonly #now: () => number
  readonly #random: Random

  constructor({ maxEntries, now, random }: IndexShelfOptions) {
    const bytesOf = ({ ends }: Index): number => ends.size
    this.#indexes = new ExpiringMap({ maxEntries, maxBytes: maxEntries * listedPerEntry, bytesOf, now })
    this.#now = now
    this.#random = random
  }

  /** See `scripts/index-tag.lua`. */
  list(key: string, entries: readonly EntryToList[]): void {
    const nowMs = this.#now()
    const index = this.#indexes.get(key) ?? this.#born(nowMs)
    for (const { key: entry, lifeMs } of entries) {
      const known = index.ends.get(entry)
      const endMs = Math.max(nowMs + wholeMs(lifeMs), (known ?? 0) + 1)
      index.ends.set(entry, endMs)
      index.lastMs = Math.max(index.lastMs, endMs)
    }
    if (index.ends.size > index.trimAbove) this.#trim(index, nowMs)
    this.#put(key, index)
  }

  /** See `scripts/list-tag.lua`. */
  listed(key: string, afterMs: number | undefined, limit: number): IndexPage {
    const nowMs = this.#now()
    const index = this.#indexes.get(key)
    if (index === undefined) return { entries: [], nowMs, birth: undefined, state: undefined }
    const { bornMs, state } = index
    const birth = { atMs: bornMs, name: String(bornMs) }
    const sorted = (index.sorted ??= [...index.ends].map(([entry, endMs]) => ({ key: entry, endMs })).toSorted(byEnd))
    const from = firstAfter(sorted, Math.max(nowMs - 1, afterMs ?? -Infinity))
    const last = sorted[from + limit - 1]?.endMs ?? Infinity
    return { entries: sorted.slice(from, firstAfter(sorted, last)), nowMs, birth, state }
  }

  /** See `scripts/unlist-entries.lua`. */
  unlist(key: string, entries: readonly ListedEntry[], since: string): string | undefined {
    const index = this.#indexes.get(key)
    if (index?.state !== since) return undefined
    index.state = this.#random.token()
    const gone = new Set<string>()
    for (const { key: entry, endMs } of entries) {
      if (index.ends.get(entry) !== endMs) continue
      index.ends.delete(entry)
      gone.add(entry)
    }
    // Not sorted anew for each page that is taken off.
    const left = index.sorted?.filter((entry) => !gone.has(entry.key))
    index.lastMs = left?.at(-1)?.endMs ?? latestOf(index.ends.values())
    this.#put(key, index)
    index.sorted = left
    return index.state
  }

  evict(key: string): void {
    this.#indexes.delete(key)
  }

  clear(): void {
    this.#indexes.clear()
  }

  #born(nowMs: number): Index {
    const state = this.#random.token()
    return { bornMs: nowMs, ends: new Map(), lastMs: 0, state, trimAbove: trimAtLeast, sorted: undefined }
  }

  #trim(index: Index, nowMs: number): void {
    for (const [entry, endMs] of index.ends) if (endMs < nowMs) index.ends.delete(entry)
    index.trimAbove = Math.max(trimAtLeast, index.ends.size * 2)
  }

  /** It leaves with the last of its entries. */
  #put(key: string, index: Index): void {
    index.sorted = undefined
    if (index.lastMs < this.#now()) this.#indexes.delete(key)
    else this.#indexes.set(key, index, index.lastMs)
  }
}

/** Where those begin that end after this time. */
function firstAfter(sorted: readonly ListedEntry[], ms: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle]?.endMs ?? Infinity) > ms) high = middle
    else low = middle + 1
  }
  return low
}

function latestOf(ends: Iterable<number>): number {
  let latestMs = 0
  for (const endMs of ends) latestMs = Math.max(latestMs, endMs)
  return latestMs
}

function byEnd(one: ListedEntry, other: ListedEntry): number {
  return one.endMs - other.endMs || (one.key < other.key ? -1 : 1)
}
