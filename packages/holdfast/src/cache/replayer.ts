import type { Invalidation, Loss } from "../contracts/losses.ts"
import { clearTagAddress } from "../entry/tag-address.ts"
import type { Journal } from "./journal.ts"
import type { Cache } from "./cache.ts"
import type { Parts } from "./parts.ts"
import { ForeignCaches } from "./sweeps/foreign-caches.ts"
import type { TagTable } from "./tags/tag-table.ts"

type Caches = ReadonlyMap<string, Pick<Cache<never, never>, "clear">>

/**
 * Puts into the journal what the store may have lost: from then on this process reads it from the source, and the store is told again.
 * A replay only drops, and tags get a new tick of the clock, so that it is safe however often it happens, and costs loads.
 */
export class Replayer {
  readonly #namespace: string
  readonly #journal: Journal
  readonly #tagTable: TagTable
  readonly #caches: Caches
  readonly #report: Parts["report"]
  readonly #foreign: ForeignCaches

  /** @param options.caches all of this process, by name */
  constructor(
    options: Pick<Parts, "journal" | "tagTable" | "report" | "sweeper" | "clock" | "random"> & {
      readonly namespace: string
      readonly caches: Caches
    },
  ) {
    this.#namespace = options.namespace
    this.#journal = options.journal
    this.#tagTable = options.tagTable
    this.#caches = options.caches
    this.#report = options.report
    const { sweeper, clock, random, report } = options
    this.#foreign = new ForeignCaches({ sweeper, clock, random, report, clear: (cache) => this.#clear([cache]) })
  }

  /** Never throws. */
  replay({ node, invalidations, isOpen, isAllLost }: Loss): void {
    this.#journal.countLoss()
    const taken = invalidations.filter((each) => this.#take(each))
    const tags = taken.flatMap((each) => ("tag" in each ? [each.tag] : []))
    this.#tagTable.invalidated(tags, undefined)
    const isMore = isOpen || taken.length < invalidations.length
    const cleared = isMore || isAllLost ? [...this.#caches.keys()] : []
    this.#clear(cleared)
    const keys = taken.length - tags.length
    this.#report?.({ name: "replay", node, keys, tags: tags.length, cleared: cleared.length })
    if (isMore) this.#foreign.clear(cleared)
  }

  /**
   * Clears every cache: those of this process now, and in the background those that only others have. Answers whether the store knows of
   * the first. Rejects as the `clear` of a cache does.
   */
  async clearNamespace(): Promise<boolean> {
    this.#foreign.clear([...this.#caches.keys()])
    const told = await Promise.all([...this.#caches.values()].map((cache) => cache.clear()))
    return told.every(({ delivered }) => delivered)
  }

  /** Call it for a cache that is made: none that a sweep may still have to find is read before it is cleared. */
  made(cache: string): void {
    if (this.#foreign.isRunning) this.#clear([cache])
  }

  #take(invalidation: Invalidation): boolean {
    try {
      if ("tag" in invalidation) this.#journal.addTag(invalidation.tag)
      else this.#journal.add(invalidation.address, invalidation.request)
      return true
    } catch {
      return false
    }
  }

  /** Whatever else was lost, no entry of these caches outlives it. */
  #clear(caches: readonly string[]): void {
    const tags = caches.map((cache) => clearTagAddress(this.#namespace, cache))
    try {
      for (const tag of tags) this.#journal.addTag(tag, { always: true })
    } catch {
      // It is closed, and nobody reads any more.
    }
    this.#tagTable.invalidated(tags, undefined)
  }
}
