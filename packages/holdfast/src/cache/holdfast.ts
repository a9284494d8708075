import type { Codec } from "../contracts/codec.ts"
import type {
  ChannelOptions,
  DomainEvent,
  DomainEvents,
  EventChannel,
  EventOptions,
} from "../contracts/domain-event.ts"
import type { Glob } from "../entry/glob.ts"
import { checkedTagNames } from "../entry/tag-names.ts"
import { invalidOption, optionsOf } from "../errors/option-checks.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { durationMs, type Duration } from "../policy/duration.ts"
import type { Advice } from "./advice.ts"
import { Cache } from "./cache.ts"
import { closeAll } from "./closing.ts"
import type { BaseCache, PuttableCache, ReadThroughCache } from "./cache-kinds.ts"
import { callLimits, detachable } from "./caller.ts"
import type { CallOptions, LoadingCacheOptions, ManualCacheOptions, VersionedCacheOptions } from "./cache-options.ts"
import { cacheSettings, type AnyCacheOptions, type CacheSettings } from "./cache-settings.ts"
import { attachRules, caughtUp, openDomainEvents } from "./domain-event-sources.ts"
import type { EntryReference } from "./groups/entry-reference.ts"
import type { GroupReport } from "./groups/group-reads.ts"
import { readTogether, type ValuesOf } from "./groups/together.ts"
import { closedHealth, healthOf, type Health } from "./health.ts"
import type { Delivery } from "./invalidator.ts"
import { NamespaceClear } from "./namespace-clear.ts"
import type { Parts } from "./parts.ts"
import { Replayer } from "./replayer.ts"
import { sharedParts, type HoldfastParts } from "./shared-parts.ts"
import type { ScannedKey } from "./sweeps/key-stream.ts"
import { NamespaceSweeps } from "./sweeps/namespace-sweeps.ts"
import type { PatternDelivery, PatternOptions, ScanOptions } from "./sweeps/sweep-options.ts"
import type { Sweepable } from "./sweeps/sweepable.ts"
import { NamespaceTags } from "./tags/namespace-tags.ts"
import type { ListTagOptions, TagListing } from "./tags/tag-listing.ts"
import type { ReclaimedTag, ReclaimTagOptions } from "./tags/tag-reclaimer.ts"
import { Units } from "./units/units.ts"
import type { AfterCommitOptions, UnitWork } from "./units/unit.ts"

/** The caches of one namespace on one store, and what they share. */
export class Holdfast implements AsyncDisposable, Sweepable {
  /** First part of every key. */
  readonly namespace: string
  readonly #parts: Parts
  readonly #defaultCodec: Codec<unknown>
  readonly #caches = new Map<string, Pick<Cache<never, never>, "stats" | "advice" | "clear" | "close" | "sweeps">>()
  readonly #tombstoneMs = new Map<string, number>()
  readonly #sweeps: NamespaceSweeps
  readonly #tags: NamespaceTags
  readonly #events: DomainEvents | undefined
  readonly #units: Units
  readonly #clearing: NamespaceClear
  readonly #clearNamespace = (): Promise<boolean> => this.#clearing.clear()
  #closing: Promise<void> | undefined

  /** @internal */
  constructor(parts: HoldfastParts) {
    this.namespace = parts.namespace
    this.#defaultCodec = parts.defaultCodec
    this.#parts = sharedParts(parts, () => this.#assertOpen())
    this.#sweeps = new NamespaceSweeps(this.#parts, this.#caches)
    this.#events = openDomainEvents(parts, this.#parts)
    this.#tags = new NamespaceTags(this.namespace, this.#parts, (cache) => this.#tombstoneMs.get(cache))
    this.#units = new Units(this.#parts, this.#tags)
    this.#clearing = new NamespaceClear({ ...this.#parts, namespace: this.namespace, caches: this.#caches })
    const replayer = new Replayer(this.#parts, this.#clearing)
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
      throw new HoldfastError("DUPLICATE_CACHE", `The namespace already has a cache named "${settings.name}".`, {
        facts: { cache: settings.name },
      })
    }
    optionsOf(settings.name, () => this.#assertIndex(settings))
    if (settings.isGrouped && settings.near !== undefined) this.#parts.tagTable.makeRoom(settings.near.maxEntries)
    const cache = new Cache<K, V>(settings, this.#parts)
    this.#tombstoneMs.set(settings.name, settings.tombstoneMs)
    this.#caches.set(settings.name, cache)
    this.#clearing.made(settings.name)
    attachRules(options.invalidateOn ?? [], cache, this.#parts, this.#clearNamespace)
    return cache
  }

  /**
   * Makes a typed domain event: `holdfast.event<{ id: string }>("product.updated")`. What is published reaches every cache that has it in
   * `invalidateOn`, and every group of subscribers, at least once, also those that are down meanwhile, if not for longer than `retention`.
   *
   * Throws `INVALID_OPTION`, `INVALID_DURATION` or `CLOSED`.
   */
  event<T>(name: string, options: EventOptions<T> = {}): DomainEvent<T> {
    return this.#eventsOf("event").event(name, options)
  }

  /**
   * Hears a channel on which other programs publish, as an input for `invalidateOn`. Pub/sub is at most once: what is published while
   * this process does not listen is lost; when it listens again the caches that depend on it are cleared, unless told otherwise.
   *
   * Throws `INVALID_OPTION` or `CLOSED`.
   */
  channel<T>(name: string, options: ChannelOptions<T> = {}): EventChannel<T> {
    return this.#eventsOf("channel").channel(name, options)
  }

  /**
   * Resolves once all events that had been published when it was called are handled in the caches of this Holdfast by `invalidateOn`: the
   * store knows of what they invalidate. Await it when a service starts, before it reads. Groups and channels are not waited for. While the
   * store is away it waits. Rejects with `CALL_TIMEOUT`, the signal's reason, `INVALID_OPTION`, `INVALID_DURATION` or `CLOSED`.
   */
  async caughtUp(options: CallOptions = {}): Promise<void> {
    this.#assertOpen()
    return caughtUp(this.#events, options, this.#parts.clock)
  }

  /**
   * Makes every entry that carries one of these tags a miss, in every cache and process of the namespace, and bars loads and writes that
   * have begun from bringing an old value back. Call it after the change is committed. One small command per tag and one for all of
   * them, however many entries there are. Answers `delivered: false` if the store could not be told of all; it will be.
   *
   * Rejects with `INVALID_TAG`, `CLOSED` or `INVALIDATION_BACKLOG_FULL`.
   */
  async invalidateTags(tags: readonly string[], options?: CallOptions): Promise<Delivery> {
    this.#parts.units.assertOutside("invalidateTags")
    this.#assertOpen()
    const names = checkedTagNames("invalidateTags", tags)
    return this.#within("invalidateTags", options, () => this.#tags.invalidate(names))
  }

  /**
   * Makes every entry of a group a miss, in every cache with `group` and every process of the namespace, and bars loads and writes that
   * have begun from bringing an old value back. Call it after the change is committed. Two small commands, one after the other, however
   * many entries and caches there are. Answers `delivered: false` if the store could not be told; it will be.
   *
   * Rejects with `INVALID_GROUP` for what cannot be a group, with `CLOSED` or `INVALIDATION_BACKLOG_FULL`.
   *
   * @param group as the `group` of the caches answers it
   */
  async invalidateGroup(group: string, options?: CallOptions): Promise<Delivery> {
    this.#parts.units.assertOutside("invalidateGroup")
    this.#assertOpen()
    return this.#within("invalidateGroup", options, () => this.#tags.invalidateGroup(group))
  }

  /** Runs a call on behalf of one caller, who may give up on it. */
  async #within<T>(call: string, options: CallOptions | undefined, work: () => Promise<T>): Promise<T> {
    const limits = options && callLimits(options, call)
    limits?.signal?.throwIfAborted()
    const working = work()
    return limits === undefined ? working : detachable(this.#parts.clock, working, limits, () => {})
  }

  /**
   * Lists the entries that carry a tag, of caches with `index`, in the order in which they end: an async iterable, to be read as often
   * as you like. Its `complete` says afterwards whether all of caches with `index` were listed. Throws `INVALID_TAG`, `INVALID_OPTION` or `CLOSED`.
   */
  listTag(tag: string, options: ListTagOptions = {}): TagListing {
    this.#assertOpen()
    return this.#tags.list(tag, options)
  }

  /**
   * Frees the memory of entries that `invalidateTags` has killed by this tag, of caches with `index`, instead of leaving them until their
   * time has passed. It removes nothing that was stored since, and no load or write that is under way loses its right to store.
   *
   * Rejects with `INVALID_TAG`, `INVALID_OPTION` or `CLOSED`, as the store does, and with the signal's reason.
   */
  async reclaimTag(tag: string, options: ReclaimTagOptions = {}): Promise<ReclaimedTag> {
    this.#assertOpen()
    return this.#tags.reclaim(tag, options)
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
    if (options.dryRun !== true) this.#parts.units.assertOutside("invalidatePattern")
    return this.#sweeps.invalidate(match, options)
  }

  /**
   * Reads entries of several caches, each as `get` of its cache does, and answers their values in that order. What they ask the store
   * leaves in one turn; entries of one group, or of one server without a cluster, share a command. Those of another Holdfast are asked
   * for there.
   *
   * Rejects with a {@link BatchPartialError} if any could not be read, whose keys are positions in `entries`; as `get` does when its caller
   * gives up; and before any is read with `INVALID_OPTION` for what is no entry, with `INVALID_DURATION` and with `CLOSED`.
   *
   * @param entries such as `[profiles.entry("123"), carts.entry("123")]`
   */
  async getTogether<const Entries extends readonly EntryReference<unknown>[]>(
    entries: Entries,
    options?: CallOptions,
  ): Promise<ValuesOf<Entries>> {
    this.#assertOpen()
    return readTogether(entries, options, this.#parts.clock)
  }

  /** Which groups the reads of this process go to, and which of them are too much for the server that has them. */
  groups(): GroupReport {
    const { groupReads, store } = this.#parts
    return groupReads.report(store.coherence?.states().length ?? 1)
  }

  /**
   * Runs a transaction, and sends what it names to its unit once the work has resolved: invalidations, and then events. Answers what the
   * work answers, when the store, or else the journal, knows of every change; after the commit it rejects no more. One that is called in the
   * work of another joins it: what it names is sent with the outer one.
   *
   * Inside the work, `invalidate`, `invalidateTags`, `invalidateGroup`, `invalidatePattern`, `clear`, `write`, `writeMany` and `put` of this
   * Holdfast and its caches reject, and so does `publish` of its events, with `INSIDE_TRANSACTION`: before the commit they would let the old value back in.
   *
   * Rejects with what the work throws, after what `onThrow` asks for, and before the work is called with `INVALID_OPTION` or `CLOSED`.
   */
  afterCommit<T>(work: UnitWork<T>, options: AfterCommitOptions = {}): Promise<T> {
    return this.#units.afterCommit(work, options)
  }

  /** The state of the store and of this process's connections to it, each trouble with its reason. Never rejects. */
  health(): Promise<Health> {
    if (this.#closing !== undefined) return Promise.resolve(closedHealth(this.#parts.store, this.#parts.journal.size))
    const near = [...this.#caches.values()].flatMap((cache) => cache.stats().near ?? [])
    const { store, journal } = this.#parts
    const events = this.#events?.troubles() ?? []
    const hotSlots = this.groups().groups.flatMap(({ isHot, slot }) => (isHot ? [slot] : []))
    return healthOf(store, { undelivered: journal.size, near, events, hotSlots })
  }

  /**
   * Says of each cache, by the figures of this process, whether it is worth its while, and why if not: the loads cost no more than
   * the lookup, it changes as often as it is read, its keys are too many, its values too large, or too few reads are hits.
   */
  advise(): readonly Advice[] {
    return [...this.#caches.values()].map((cache) => cache.advice())
  }

  /**
   * Waits for transactions in `afterCommit` and for handlers of events, for half of the time; tries again to deliver what the store
   * could not be told yet, waits for commands in flight, closes Holdfast's own connections (never yours) and lets the process exit. What
   * could not be delivered is told by the event `closed-undelivered`, and stays in `health().undelivered`.
   *
   * @param options.timeout how long to wait at most; default "2s"
   */
  close(options: { readonly timeout?: Duration } = {}): Promise<void> {
    const timeoutMs = durationMs("timeout", options.timeout ?? "2s")
    const all = { parts: this.#parts, units: this.#units, events: this.#events, caches: this.#caches.values() }
    this.#closing ??= closeAll(all, timeoutMs)
    return this.#closing
  }

  /** The same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #eventsOf(call: string): DomainEvents {
    this.#assertOpen()
    if (this.#events === undefined) throw invalidOption(call, "is not to be had here.")
    return this.#events
  }

  #assertIndex({ isIndexed }: Pick<CacheSettings<never, never>, "isIndexed">): void {
    if (!isIndexed || this.#parts.tagIndexer !== undefined) return
    throw invalidOption("index", "needs a store that keeps indexes of tags.")
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new HoldfastError("CLOSED", "This Holdfast has been closed.")
  }
}
