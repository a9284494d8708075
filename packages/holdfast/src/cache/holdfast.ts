import type { Clock } from "../contracts/clock.ts"
import type { Codec } from "../contracts/codec.ts"
import type { HoldfastEvent } from "../contracts/observer.ts"
import type { NearTierMaker } from "../contracts/near-tier.ts"
import type { Random } from "../contracts/random.ts"
import type { Store } from "../contracts/store.ts"
import type { TagAddress } from "../entry/tag-address.ts"
import type { Glob } from "../entry/glob.ts"
import { checkedTagNames } from "../entry/tag-names.ts"
import { invalidOption, optionsOf } from "../errors/option-checks.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { durationMs, type Duration } from "../policy/duration.ts"
import { adviceOn, type Advice } from "./advice.ts"
import { Cache } from "./cache.ts"
import type { BaseCache, PuttableCache, ReadThroughCache } from "./cache-kinds.ts"
import { callLimits, detachable } from "./caller.ts"
import type { CallOptions, LoadingCacheOptions, ManualCacheOptions, VersionedCacheOptions } from "./cache-options.ts"
import { cacheSettings, type AnyCacheOptions, type CacheSettings } from "./cache-settings.ts"
import { closedHealth, healthOf, type Health } from "./health.ts"
import type { Delivery } from "./invalidator.ts"
import { Journal } from "./journal.ts"
import type { Parts } from "./parts.ts"
import { Replayer } from "./replayer.ts"
import { storeErrorEvent } from "./store-error.ts"
import type { ScannedKey } from "./sweeps/key-stream.ts"
import { NamespaceSweeps } from "./sweeps/namespace-sweeps.ts"
import type { PatternDelivery, PatternOptions, ScanOptions } from "./sweeps/sweep-options.ts"
import type { Sweepable } from "./sweeps/sweepable.ts"
import { Sweeper } from "./sweeps/sweeper.ts"
import { TagDelivery } from "./tags/tag-delivery.ts"
import { indexReading } from "./tags/index-reading.ts"
import { TagIndexer } from "./tags/tag-indexer.ts"
import { TagInvalidator } from "./tags/tag-invalidator.ts"
import { TagListing, type ListTagOptions } from "./tags/tag-listing.ts"
import { TagMaker } from "./tags/tag-maker.ts"
import { TagReclaimer, type ReclaimedTag, type ReclaimTagOptions } from "./tags/tag-reclaimer.ts"
import { TagTable } from "./tags/tag-table.ts"

/** What a {@link Holdfast} is made of, once the store has been chosen. */
export interface HoldfastParts {
  readonly namespace: string
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly report: ((event: HoldfastEvent) => void) | undefined
  /** Keys whose invalidation may wait for the store at most. */
  readonly journalLimit: number
  readonly defaultCodec: Codec<unknown>
  /** Makes near caches; absent: there are none. */
  readonly nearTier?: NearTierMaker
}

/** The caches of one namespace on one store, and what they share. */
export class Holdfast implements AsyncDisposable, Sweepable {
  /** First part of every key. */
  readonly namespace: string
  readonly #parts: Parts
  readonly #defaultCodec: Codec<unknown>
  readonly #caches = new Map<string, Pick<Cache<never, never>, "stats" | "close" | "sweeps">>()
  readonly #tombstoneMs = new Map<string, number>()
  readonly #sweeps: NamespaceSweeps
  #closing: Promise<void> | undefined

  /** @internal */
  constructor(parts: HoldfastParts) {
    this.namespace = parts.namespace
    this.#defaultCodec = parts.defaultCodec
    this.#parts = sharedParts(parts, () => this.#assertOpen())
    this.#sweeps = new NamespaceSweeps(this.#parts, this.#caches)
    const replayer = new Replayer({ ...this.#parts, namespace: this.namespace, caches: () => this.#caches.keys() })
    parts.store.losses?.onLoss((loss) => replayer.replay(loss))
  }

  /**
   * Makes a cache. K and V infer from `load`, whose key parameter needs an annotation; a cache without a loader names both:
   * `holdfast.cache<string, User>({ ... })`.
   *
   * Throws `INVALID_OPTION`, `INVALID_DURATION` or `DUPLICATE_CACHE`.
   */
  cache<K, V>(options: ManualCacheOptions<K, V>): PuttableCache<K, V>
  /** Makes a cache that reads through `load` and knows the `version` of its values, so that it has `put`. Throws as above. */
  cache<K, V>(options: VersionedCacheOptions<K, V>): ReadThroughCache<K, V> & PuttableCache<K, V>
  /** Makes a cache that reads through `load`. Throws as above. */
  cache<K, V>(options: LoadingCacheOptions<K, V>): ReadThroughCache<K, V>
  cache<K, V>(options: AnyCacheOptions<K, V>): BaseCache<K, V> {
    this.#assertOpen()
    const settings = cacheSettings<K, V>(this.namespace, options, this.#defaultCodec as Codec<V>)
    if (this.#caches.has(settings.name)) {
      throw new HoldfastError("DUPLICATE_CACHE", `The namespace already has a cache named "${settings.name}".`)
    }
    optionsOf(settings.name, () => this.#assertIndex(settings))
    const cache = new Cache<K, V>(settings, this.#parts)
    this.#tombstoneMs.set(settings.name, settings.tombstoneMs)
    this.#caches.set(settings.name, cache)
    return cache
  }

  /**
   * Makes every entry that carries one of these tags a miss, in every cache and process of the namespace, and bars loads and writes that
   * have begun from bringing an old value back. Call it after the change is committed. One small command per tag and one for all of
   * them, however many entries there are. Answers `delivered: false` if the store could not be told of all; it will be.
   *
   * Rejects with `INVALID_TAG`, `CLOSED` or `INVALIDATION_BACKLOG_FULL`.
   */
  async invalidateTags(tags: readonly string[], options?: CallOptions): Promise<Delivery> {
    this.#assertOpen()
    const names = checkedTagNames("invalidateTags", tags)
    const limits = options && callLimits(options)
    limits?.signal?.throwIfAborted()
    const invalidating = this.#invalidateTags(names)
    return limits === undefined ? invalidating : detachable(this.#parts.clock, invalidating, limits, () => {})
  }

  async #invalidateTags(names: readonly string[]): Promise<Delivery> {
    const { tagTable, tagInvalidator, report } = this.#parts
    const { delivered } = await tagInvalidator.invalidate(names.map((name) => tagTable.addressOf(name)))
    report?.({ name: "invalidate-tags", tags: names.length, delivered })
    return { delivered }
  }

  /**
   * Lists the entries that carry a tag, of caches with `index`, in the order in which they end: an async iterable, to be read as often
   * as you like. Its `complete` says afterwards whether all of caches with `index` were listed. Throws `INVALID_TAG`, `INVALID_OPTION` or `CLOSED`.
   */
  listTag(tag: string, { verify = false, ...options }: ListTagOptions = {}): TagListing {
    this.#assertOpen()
    const { namespace } = this
    const { report } = this.#parts
    const reading = indexReading({ call: "listTag", store: this.#parts.store, namespace }, tag, options)
    const onFailure = (error: unknown): void => report?.(storeErrorEvent(undefined, "look-tag", error))
    return new TagListing({ namespace, name: tag, shared: this.#parts, onFailure }, reading, verify)
  }

  /**
   * Frees the memory of entries that `invalidateTags` has killed by this tag, of caches with `index`, instead of leaving them until their
   * time has passed. It removes nothing that was stored since, and no load or write that is under way loses its right to store.
   *
   * Rejects with `INVALID_TAG`, `INVALID_OPTION` or `CLOSED`, as the store does, and with the signal's reason.
   */
  async reclaimTag(tag: string, { onProgress, ...options }: ReclaimTagOptions = {}): Promise<ReclaimedTag> {
    this.#assertOpen()
    const { store, report } = this.#parts
    const { namespace } = this
    const reading = indexReading({ call: "reclaimTag", store, namespace }, tag, options)
    const tombstoneMsOf = (cache: string): number | undefined => this.#tombstoneMs.get(cache)
    return new TagReclaimer({ namespace, name: tag, store, tombstoneMsOf, report, onProgress }, reading).run()
  }

  /**
   * Finds the entries of the whole namespace, as the `scan` of a cache does those of one. What stands before the first ":" of `match` is for
   * the name of the cache: ``glob`product:4*` ``. Caches that only other processes have are found as well.
   *
   * Throws `INVALID_PATTERN`, `INVALID_OPTION` or `CLOSED`.
   */
  scan(options: ScanOptions = {}): AsyncIterableIterator<ScannedKey> {
    this.#assertOpen()
    return this.#sweeps.scan(options)
  }

  /**
   * Invalidates the entries of the whole namespace whose cache and key match, as the `invalidatePattern` of a cache does those of one:
   * ``glob`product:4*` ``. It never leaves the namespace.
   *
   * Rejects with `INVALID_PATTERN` for what is no `glob` or names no cache, with `SWEEP_INCOMPLETE` or with `CLOSED`.
   */
  async invalidatePattern(match: Glob, options: PatternOptions = {}): Promise<PatternDelivery> {
    this.#assertOpen()
    return this.#sweeps.invalidate(match, options)
  }

  /** The state of the store and of this process's connections to it, each trouble with its reason. Never rejects. */
  health(): Promise<Health> {
    if (this.#closing !== undefined) return Promise.resolve(closedHealth(this.#parts.store))
    const reasons = [...this.#caches.values()].flatMap((cache) => cache.stats().near?.why ?? [])
    return healthOf(this.#parts.store, { undelivered: this.#parts.journal.size, nearCaches: [...new Set(reasons)] })
  }

  /**
   * Says of each cache, by the figures of this process, whether it is worth its while, and why if not: the loads cost no more than
   * the lookup, it changes as often as it is read, its keys are too many, its values too large, or too few reads are hits.
   */
  advise(): readonly Advice[] {
    return [...this.#caches.values()].map((cache) => adviceOn(cache.stats()))
  }

  /**
   * Tries once more to deliver what the store could not be told yet, waits for commands in flight, closes Holdfast's own
   * connections (never yours) and lets the process exit.
   *
   * @param options.timeout how long to wait at most; default "2s"
   */
  close(options: { readonly timeout?: Duration } = {}): Promise<void> {
    this.#closing ??= this.#close(durationMs("timeout", options.timeout ?? "2s"))
    return this.#closing
  }

  /** The same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(timeoutMs: number): Promise<void> {
    const { clock, journal, store } = this.#parts
    const untilMs = clock.monotonic() + timeoutMs
    this.#parts.sweeper.close()
    for (const cache of this.#caches.values()) cache.close()
    await withinMs(clock, timeoutMs, journal.close())
    await store.close({ timeoutMs: Math.max(0, untilMs - clock.monotonic()) })
  }

  #assertIndex({ isIndexed }: Pick<CacheSettings<never, never>, "isIndexed">): void {
    if (!isIndexed || this.#parts.tagIndexer !== undefined) return
    throw invalidOption("index", "needs a store that keeps indexes of tags.")
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new HoldfastError("CLOSED", "This Holdfast has been closed.")
  }
}

function sharedParts({ namespace, journalLimit, ...given }: HoldfastParts, assertOpen: () => void): Parts {
  const { store, clock, random, report, nearTier } = given
  const tagTable = new TagTable({ namespace, store, clock, coherence: store.coherence })
  const delivery = new TagDelivery(store, tagTable, (error) => {
    report?.(storeErrorEvent(undefined, "invalidate-tag", error))
  })
  const tellTags = (tags: readonly TagAddress[]): Promise<readonly TagAddress[]> => delivery.tell(tags)
  const journal = new Journal({ store, tellTags, clock, random, limit: journalLimit, report })
  const tagInvalidator = new TagInvalidator(tagTable, delivery, journal, report)
  const tagMaker = new TagMaker({ store, clock, random, tagTable })
  const sweeper = new Sweeper(namespace, store, clock)
  const tagIndexer = store.tagIndex && new TagIndexer(store.tagIndex)
  const tags = { tagTable, tagMaker, tagIndexer, tagInvalidator }
  return { store, clock, random, report, nearTier, journal, ...tags, sweeper, assertOpen }
}

/** Resolves when `work` does, or after `ms`. */
function withinMs(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.setTimeout(resolve, ms)
    const done = (): void => {
      clock.clearTimeout(timer)
      resolve()
    }
    work.then(done, done)
  })
}
