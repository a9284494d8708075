import { clearTagAddress } from "../entry/tag-address.ts"
import type { Cache } from "./cache.ts"
import type { Parts } from "./parts.ts"
import { ForeignCaches } from "./sweeps/foreign-caches.ts"

type Shared = Pick<Parts, "journal" | "tagTable" | "report" | "sweeper" | "clock" | "random">

/** What a {@link NamespaceClear} works with. */
export interface NamespaceClearOptions extends Shared {
  readonly namespace: string
  /** All of this process, by name. */
  readonly caches: ReadonlyMap<string, Pick<Cache<never, never>, "clear">>
}

/** Clears every cache of a namespace: those of this process at once, and in the background those that only others have. */
export class NamespaceClear {
  readonly #options: NamespaceClearOptions
  readonly #foreign: ForeignCaches

  constructor(options: NamespaceClearOptions) {
    this.#options = options
    this.#foreign = new ForeignCaches({ ...options, clear: (cache) => this.bar([cache]) })
  }

  /** Names of the caches of this process. */
  get own(): readonly string[] {
    return [...this.#options.caches.keys()]
  }

  /**
   * Begins to clear all. Answers whether the store knows of the caches of this process. Rejects with `INVALIDATION_BACKLOG_FULL` or
   * `CLOSED`, as the `clear` of a cache does.
   */
  async clear(): Promise<boolean> {
    this.clearOthers()
    const told = await Promise.all([...this.#options.caches.values()].map((cache) => cache.clear()))
    return told.every(({ delivered }) => delivered)
  }

  /** Clears in the background what only other processes have: this one has cleared its own. */
  clearOthers(): void {
    this.#foreign.clear(this.own)
  }

  /** From now on no entry of these caches is read here, and the store is told by the journal. Never throws. */
  bar(caches: readonly string[]): void {
    const { namespace, journal, tagTable } = this.#options
    const tags = caches.map((cache) => clearTagAddress(namespace, cache))
    try {
      for (const tag of tags) journal.addTag(tag, { always: true })
    } catch {
      // It is closed, and nobody reads any more.
    }
    tagTable.invalidated(tags, undefined)
  }

  /** Call it for a cache that is made: none that a sweep may still have to find is read before it is cleared. */
  made(cache: string): void {
    if (this.#foreign.isRunning) this.bar([cache])
  }
}
