import { Glob } from "../../entry/glob.ts"
import { EntryAddress } from "../../entry/key.ts"
import type { StoredKey } from "../../entry/stored-key.ts"
import { CacheStats } from "../cache-stats.ts"
import { Invalidator } from "../invalidator.ts"
import type { Parts } from "../parts.ts"
import { storeErrorEvent } from "../store-error.ts"
import { namespaceSelection } from "./key-selection.ts"
import { scanKeys, type ScannedKey } from "./key-stream.ts"
import { invalidateMatching } from "./pattern-invalidation.ts"
import type { PatternDelivery, PatternOptions, ScanOptions } from "./sweep-options.ts"

/** A cache of this process, as a sweep over a namespace needs it. */
export interface SweptCache {
  readonly name: string
  invalidateOne(entry: StoredKey): Promise<boolean>
  forget(): void
}

/** What the tombstone of a cache that this process does not know lives, in milliseconds: the default of `maxReplicaLag`. */
const tombstoneMs = 60_000

/** Finds and invalidates entries of a whole namespace, of caches that this process has and of others. */
export class NamespaceSweeps {
  readonly #parts: Parts
  readonly #cacheOf: (name: string) => SweptCache | undefined
  readonly #caches: () => readonly SweptCache[]
  readonly #invalidator: Invalidator

  constructor(parts: Parts, caches: ReadonlyMap<string, { readonly sweeps: SweptCache }>) {
    this.#parts = parts
    this.#cacheOf = (name) => caches.get(name)?.sweeps
    this.#caches = () => [...caches.values()].map(({ sweeps }) => sweeps)
    const storeFailed = (operation: string, error: unknown): void =>
      parts.report?.(storeErrorEvent(undefined, operation, error))
    const nothingHeld = { forget: () => {}, lookout: { storeFailed } }
    this.#invalidator = new Invalidator({ name: "" }, parts, new CacheStats(), nothingHeld)
  }

  scan(options: ScanOptions): AsyncIterableIterator<ScannedKey> {
    const { sweeper } = this.#parts
    return scanKeys(sweeper, namespaceSelection(sweeper.namespace, options.match), options)
  }

  async invalidate(match: Glob, options: PatternOptions): Promise<PatternDelivery> {
    Glob.tokensOf(match)
    const { sweeper, report, store } = this.#parts
    const selection = namespaceSelection(sweeper.namespace, match)
    const target = {
      selection,
      invalidate: (entry: StoredKey) => this.#invalidate(entry),
      forget: () => {
        for (const cache of this.#caches()) if (selection.hasCache(cache.name)) cache.forget()
      },
      forgetEverywhere: () => store.dropCopies(selection.onlyCache),
    }
    const delivery = await invalidateMatching(sweeper, target, options)
    if (options.dryRun !== true) {
      const { matched, delivered } = delivery
      report?.({ name: "invalidate-pattern", cache: undefined, matched, delivered })
    }
    return delivery
  }

  #invalidate(entry: StoredKey): Promise<boolean> {
    const cache = this.#cacheOf(entry.cache)
    if (cache !== undefined) return cache.invalidateOne(entry)
    const request = { mode: "drop", graceMs: 0, version: undefined, tombstoneMs } as const
    return this.#invalidator.deliver(new EntryAddress(entry.value), request)
  }
}
