import { Glob } from "../../entry/glob.ts"
import { EntryAddress } from "../../entry/key.ts"
import type { StoredKey } from "../../entry/stored-key.ts"
import type { CacheSettings } from "../cache-settings.ts"
import type { Invalidator } from "../invalidator.ts"
import type { Parts } from "../parts.ts"
import { cacheSelection, type KeySelection } from "./key-selection.ts"
import { scanKeys, type ScannedKey } from "./key-stream.ts"
import { invalidateMatching } from "./pattern-invalidation.ts"
import type { PatternDelivery, PatternOptions, ScanOptions } from "./sweep-options.ts"

type Settings = Pick<CacheSettings<never, never>, "name" | "graceMs" | "tombstoneMs" | "valuePrefix">

/** What holds something of the entries of a cache in this process. */
interface Holders {
  readonly flights: { detachAll(): void }
  readonly near: { clear(): void } | undefined
}

/** Finds and invalidates entries of one cache by what their keys look like. */
export class CacheSweeps {
  readonly #settings: Settings
  readonly #parts: Parts
  readonly #reader: Holders
  readonly #invalidator: Invalidator

  constructor(settings: Settings, parts: Parts, reader: Holders, invalidator: Invalidator) {
    this.#settings = settings
    this.#parts = parts
    this.#reader = reader
    this.#invalidator = invalidator
    parts.store.coherence?.onChange((change) => {
      if (change.is === "cache" && (change.cache ?? settings.name) === settings.name) this.forget()
    })
  }

  scan(options: ScanOptions): AsyncIterableIterator<ScannedKey> {
    return scanKeys(this.#parts.sweeper, this.#selection(options.match), options)
  }

  async invalidate(match: Glob, options: PatternOptions): Promise<PatternDelivery> {
    Glob.tokensOf(match)
    const target = {
      selection: this.#selection(match),
      invalidate: (entry: StoredKey) => this.invalidateOne(entry),
      forget: () => this.forget(),
      forgetEverywhere: () => this.#parts.store.dropCopies(this.name),
    }
    const delivery = await invalidateMatching(this.#parts.sweeper, target, options)
    if (options.dryRun !== true) {
      const { matched, delivered } = delivery
      this.#parts.report?.({ name: "invalidate-pattern", cache: this.#settings.name, matched, delivered })
    }
    return delivery
  }

  get name(): string {
    return this.#settings.name
  }

  invalidateOne({ value }: StoredKey): Promise<boolean> {
    const { graceMs, tombstoneMs } = this.#settings
    const request = { mode: "drop", graceMs, version: undefined, tombstoneMs } as const
    return this.#invalidator.deliver(new EntryAddress(value), request)
  }

  /** Nobody joins a load that is under way, and no copy is served, of any key: which of them match is not known here. */
  forget(): void {
    this.#reader.flights.detachAll()
    this.#reader.near?.clear()
  }

  #selection(match: Glob | undefined): KeySelection {
    const { name, valuePrefix } = this.#settings
    return cacheSelection(this.#parts.sweeper.namespace, { name, isGrouped: valuePrefix === undefined }, match)
  }
}
