import type { EntryToList, TagIndexStore } from "../../contracts/tag-index-store.ts"
import type { TagClock } from "../../contracts/tag-store.ts"
import type { TagAddress } from "../../entry/tag-address.ts"
import { deferred, type Deferred } from "../../internal/deferred.ts"

/** Longest listing of one command: longer ones gain nothing and hold other clients up. */
const entriesPerCommand = 100

interface Gathered {
  readonly tag: TagAddress
  readonly entries: EntryToList[]
  readonly listed: Deferred<void>
}

/** Lists entries in the indexes of their tags before they are stored. Those of one turn are gathered: one command per tag. */
export class TagIndexer {
  readonly #index: TagIndexStore
  #gathered = new Map<string, Gathered>()
  #known: { readonly era: string; readonly longestMs: number } | undefined

  constructor(index: TagIndexStore) {
    this.#index = index
  }

  /**
   * Rejects as the store does: the entry must not be stored then.
   *
   * @param recorded the clock that the entry records
   * @returns false if another era has begun since: the entry would be dead
   */
  async list(tags: readonly TagAddress[], recorded: TagClock, entry: EntryToList): Promise<boolean> {
    if (tags.length === 0) return true
    if (!(await this.#isKnown(recorded.era, entry.lifeMs))) return false
    await Promise.all(tags.map((tag) => this.#gather(tag, entry)))
    return true
  }

  /** Whether the store knows, in the era of the entry, that listed entries live as long as this one. */
  async #isKnown(era: string, lifeMs: number): Promise<boolean> {
    if (this.#known?.era === era && this.#known.longestMs >= lifeMs) return true
    const { clock, longestMs } = await this.#index.listedLife(lifeMs)
    this.#known = { era: clock.era, longestMs }
    return clock.era === era
  }

  #gather(tag: TagAddress, entry: EntryToList): Promise<void> {
    if (this.#gathered.size === 0) queueMicrotask(() => this.#flush())
    const gathered = this.#gathered.get(tag.key)
    if (gathered !== undefined && gathered.entries.length < entriesPerCommand) {
      gathered.entries.push(entry)
      return gathered.listed.promise
    }
    if (gathered !== undefined) this.#send(gathered)
    const begun = { tag, entries: [entry], listed: deferred<void>() }
    this.#gathered.set(tag.key, begun)
    return begun.listed.promise
  }

  #flush(): void {
    const all = this.#gathered
    this.#gathered = new Map()
    for (const gathered of all.values()) this.#send(gathered)
  }

  #send({ tag, entries, listed }: Gathered): void {
    this.#index.listEntries(tag, entries).then(listed.resolve, listed.reject)
  }
}
