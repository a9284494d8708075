import type { TagStore } from "../../contracts/tag-store.ts"
import type { TagAddress } from "../../entry/tag-address.ts"
import type { TagTable } from "./tag-table.ts"

/** Tells the store of invalidated tags: one tick of the tag clock for all of them, and one command for each (R7). */
export class TagDelivery {
  readonly #store: TagStore
  readonly #table: TagTable
  readonly #onFailure: (error: unknown) => void

  /** @param onFailure hears why the store could not be told */
  constructor(store: TagStore, table: TagTable, onFailure: (error: unknown) => void) {
    this.#store = store
    this.#table = table
    this.#onFailure = onFailure
  }

  /** Never rejects. Answers what the store could not be told of; it is told again with a new tick, because a filler may have read the old one since. */
  async tell(tags: readonly TagAddress[]): Promise<readonly TagAddress[]> {
    const told: TagAddress[] = []
    try {
      const clock = await this.#store.advanceTagClock()
      const tellOne = (tag: TagAddress): Promise<void> =>
        this.#store.invalidateTag(tag, clock).then(() => void told.push(tag), this.#onFailure)
      await Promise.all(tags.map(tellOne))
      if (told.length > 0) this.#table.invalidated(told, clock)
    } catch (error) {
      this.#onFailure(error)
    }
    const known = new Set(told)
    return tags.filter((tag) => !known.has(tag))
  }
}
