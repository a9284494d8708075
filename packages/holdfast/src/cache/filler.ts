import type { NearTier } from "../contracts/near-tier.ts"
import type { FillAnswer, KeepAnswer, LeaseGrant } from "../contracts/store.ts"
import type { TagClock } from "../contracts/tag-store.ts"
import type { EntryAddress } from "../entry/key.ts"
import { errorName } from "../errors/error-name.ts"
import type { TagStamp } from "../entry/tag-stamp.ts"
import type { LoadReason } from "./cache-options.ts"
import type { CacheSettings } from "./cache-settings.ts"
import type { CacheStats } from "./cache-stats.ts"
import { noPreviousValue, type EntryDirections } from "./entry-directions.ts"
import type { EntryReading } from "./entry-reader.ts"
import { lifeOf, sealEntry, type Sealed } from "./entry-writer.ts"
import type { Answer } from "./flight.ts"
import { keepLease } from "./holding.ts"
import { LoadBatch } from "./load-batch.ts"
import type { Lookout } from "./lookout.ts"
import { OutageReads } from "./outage-reads.ts"
import type { Parts } from "./parts.ts"
import { SourceLoader, type Loaded, type LoadRequest } from "./source-loader.ts"
import { TagStamper, type Unstamped } from "./tags/tag-stamper.ts"
import { TurnBatch } from "./turn-batch.ts"
import { isUnchanged } from "./unchanged.ts"

/** What a flight wants to know of its load. */
export interface LoadWatch {
  /** Gets the way to abort this load. */
  readonly onStart: (abort: () => void) => void
  /** The load is done, and its fill is about to be sent: from now on nobody may join. */
  readonly onFilling: () => void
  /** The lease is no longer ours. */
  readonly onGone: () => void
}

/** What becomes of a loaded value: the answer of the store, or why it was not asked. */
type Kept = FillAnswer | KeepAnswer | Unstamped

/** An entry on its way into the store, with what a near cache wants to know of it. */
type Stamped = Extract<Sealed, { is: "sealed" }> & { readonly stamp: TagStamp }

/** What a load has ended with. */
interface LoadEnd<V> {
  readonly value: V | undefined
  readonly costMs: number
  readonly directions?: EntryDirections | undefined
  /** The entry whose value it is, if it was found unchanged. */
  readonly unchanged?: EntryReading<V> | undefined
}

/** What a load brought, and what was known before it began. */
export interface Fillable<K, V> {
  readonly key: K
  readonly loaded: LoadEnd<V>
  /** Undefined: it could not be read, and nothing is stored. */
  readonly clock: TagClock | undefined
  /** How long its lease lives at most, in milliseconds, if nobody extends it. */
  readonly withinMs?: number
}

/** Loads from the source, under a lease or without one, and stores what a lease allows. */
export class Filler<K, V> {
  readonly #settings: CacheSettings<K, V>
  readonly #parts: Parts
  readonly #stats: CacheStats
  readonly #lookout: Lookout<V>
  readonly #near: NearTier<V> | undefined
  readonly #source: SourceLoader<K, V>
  readonly stamper: TagStamper<K, V>
  readonly outage: OutageReads<K, V>
  /** Undefined: each single read calls `load` for itself. */
  readonly turnBatch: TurnBatch<K, V> | undefined

  constructor(
    settings: CacheSettings<K, V>,
    parts: Parts,
    stats: CacheStats,
    lookout: Lookout<V>,
    near: NearTier<V> | undefined,
  ) {
    this.#settings = settings
    this.#parts = parts
    this.#stats = stats
    this.#lookout = lookout
    this.#near = near
    this.#source = new SourceLoader<K, V>(settings, parts)
    this.stamper = new TagStamper<K, V>(settings, parts, lookout)
    this.outage = new OutageReads<K, V>(settings, parts, near, this.stamper)
    const { batch } = settings
    this.turnBatch = batch && new TurnBatch<K, V>((keys) => new LoadBatch<K, V>(this.#source, keys, batch.maxSize))
  }

  get typicalCostMs(): number {
    return this.#source.typicalCostMs
  }

  /** Gathers the loads of keys that are read together; undefined if the cache cannot load many at once. */
  batchOf(valueKeys: Iterable<string>): LoadBatch<K, V> | undefined {
    return this.#settings.loadMany && new LoadBatch<K, V>(this.#source, valueKeys, this.#settings.batch?.maxSize)
  }

  /**
   * Loads without a lease: nothing is stored, and only callers who asked before it began may share it (R10). While the store is away,
   * it is kept here for a moment.
   */
  async loadUnstored(
    key: K,
    address: EntryAddress,
    reason: LoadReason,
    onStart?: (abort: () => void) => void,
    batch?: LoadBatch<K, V>,
  ): Promise<Answer<V>> {
    const marker = this.outage.begin(address)
    try {
      const loaded = await this.#load({ key, address, reason, previous: undefined, ...(onStart && { onStart }) }, batch)
      const { value, directions } = endOf(loaded, address, undefined)
      if (marker !== undefined)
        this.outage.keep(marker, { key, address, value, startedMs: loaded.startedMs, directions })
      return { value, source: "load", stored: false }
    } finally {
      if (marker !== undefined) this.outage.end(marker)
    }
  }

  /** Loads under a lease, which is extended meanwhile, and fills. The caller gets the value even if the fill is refused (R1). */
  async loadAndFill(
    key: K,
    grant: LeaseGrant,
    reason: LoadReason,
    previous: EntryReading<V> | undefined,
    watch: LoadWatch,
    batch?: LoadBatch<K, V>,
  ): Promise<Answer<V>> {
    const { clock, store } = this.#parts
    const stopExtending = keepLease(clock, store, grant, watch.onGone)
    let outcome: "failed" | "abandoned" = "failed"
    const onStart = (abort: () => void): void =>
      watch.onStart(() => {
        outcome = "abandoned"
        abort()
      })
    try {
      const { address } = grant
      const clock = await this.stamper.clockBefore(address)
      const answer = await this.#load({ key, address, reason, previous: previous?.value, onStart }, batch)
      const loaded = endOf(answer, address, previous)
      watch.onFilling()
      const { kept, stamp } = await this.#store(grant, { key, loaded, clock })
      return { value: loaded.value, source: "load", stored: kept === "stored", ...(stamp && { stamp }) }
    } catch (error) {
      this.#release(grant, outcome)
      throw error
    } finally {
      stopExtending()
    }
  }

  /** Stores a value under a lease. Throws what the codec, `version` or `tags` throw; a store that fails is an answer, not an error. */
  async #store(
    grant: LeaseGrant,
    { key, loaded, clock, withinMs }: Fillable<K, V>,
  ): Promise<{ kept: Kept; stamp?: TagStamp }> {
    const { value, costMs, directions, unchanged } = loaded
    const { address, token: id } = grant
    const ttlMs = directions?.ttlMs
    if (directions?.isSkipped === true) return { kept: this.#unstored(grant, "unwanted") }
    const [given, kept] = [directions?.givenTags, unchanged?.stamp?.tags]
    const stamp = await this.stamper.stamp({ key, address, value, clock, ttlMs, given, kept, withinMs })
    if (typeof stamp === "string") return { kept: this.#unstored(grant, stamp) }
    // Its own stamp stays: only the life of its tags is prolonged with it. One of an era that has ended would be dead.
    if (unchanged?.stamp?.clock.era === stamp.clock.era) return { kept: await this.#keep(grant, unchanged, ttlMs) }
    const { store, random } = this.#parts
    const nowMs = store.now(address)
    const run = this.#settings.strict && store.runOf(address)
    const sealed = sealEntry(this.#settings, random, { address, id, value, nowMs, costMs, ttlMs, stamp, run })
    if (sealed.is === "not-stored") {
      if (sealed.why === "too-large") this.#tooLarge(address, sealed.bytes)
      return { kept: this.#unstored(grant, "unwanted") }
    }
    return { kept: await this.#fill(grant, value, { ...sealed, stamp }), stamp }
  }

  async #fill(grant: LeaseGrant, value: V | undefined, { entry, age, stamp }: Stamped): Promise<Kept> {
    const { store } = this.#parts
    const { address } = grant
    if (this.#isBarred(grant)) return this.#unstored(grant, "lost")
    // What is held here, or was looked at before, is of the time before this load.
    this.#near?.drop(grant.address.value)
    const marker = this.#near?.mark(grant.address)
    try {
      const [answer] = await Promise.all([store.fill(grant, entry), marker && this.#lookout.tags.learn(address, stamp)])
      if (answer === "stored") {
        const bytes = entry.bytes.length
        this.#stats.storedBytes += bytes
        this.#lookout.keepNear(marker, { value, age, bytes, stamp })
      }
      this.#filled(grant.address, answer)
      return answer
    } catch (error) {
      // Whether the fill is executed is not known; the lease must not outlive it either way.
      this.#lookout.storeFailed("fill", error)
      return this.#unstored(grant, "unknown")
    } finally {
      if (marker !== undefined) this.#near?.end(marker)
    }
  }

  /** Lets an entry live on. That makes no near copy, which would be an object that the loader had in hand. */
  async #keep(grant: LeaseGrant, { id = "" }: EntryReading<V>, ttlMs: number = this.#settings.ttlMs): Promise<Kept> {
    const { store, random } = this.#parts
    if (this.#isBarred(grant)) return this.#unstored(grant, "lost")
    const life = lifeOf(this.#settings, random, { ttlMs, nowMs: store.now(grant.address), negative: false })
    try {
      const answer = await store.keepUnchanged(grant, { id, ...life })
      this.#filled(grant.address, answer)
      return answer
    } catch (error) {
      this.#lookout.storeFailed("fill", error)
      return this.#unstored(grant, "unknown")
    }
  }

  /** A lease of an older generation (R4), or of a key with an invalidation that the store was not told of. */
  #isBarred(grant: LeaseGrant): boolean {
    const { store, journal } = this.#parts
    return !store.isCurrent(grant) || journal.holds(grant.address.value)
  }

  #unstored(grant: LeaseGrant, why: Exclude<Kept, "stored">): Kept {
    this.#release(grant, "abandoned")
    if (why !== "unwanted") this.#filled(grant.address, why)
    return why
  }

  /** Stores a value that the caller of `lookup` brought. */
  async fillByHand(grant: LeaseGrant, fillable: Fillable<K, V>): Promise<boolean> {
    try {
      const withinMs = this.#settings.loadTimeoutMs
      return (await this.#store(grant, { ...fillable, withinMs })).kept === "stored"
    } catch (error) {
      this.#release(grant, "abandoned")
      throw error
    }
  }

  releaseByHand(grant: LeaseGrant): void {
    this.#release(grant, "abandoned")
  }

  async #load(request: LoadRequest<K>, batch: LoadBatch<K, V> | undefined): Promise<Loaded<V>> {
    const startedMs = this.#parts.clock.monotonic()
    this.#stats.loads += 1
    this.#stats.loadedKeys.add(request.address.digestHigh)
    try {
      const loaded = await (batch ?? this.#source).load(request)
      this.#near?.supersede(request.address.value)
      this.#loadEnded(request.address, undefined, startedMs)
      return loaded
    } catch (error) {
      this.#stats.loadErrors += 1
      this.#loadEnded(request.address, errorName(error), startedMs)
      throw error
    }
  }

  #loadEnded(address: EntryAddress, error: string | undefined, startedMs: number): void {
    const ms = this.#parts.clock.monotonic() - startedMs
    this.#stats.loadLatency.record(ms)
    const { name: cache } = this.#settings
    this.#parts.report?.({ name: "load", cache, key: address.value, ok: error === undefined, error, ms })
  }

  #filled(address: EntryAddress, answer: Exclude<Kept, "unwanted">): void {
    if (answer === "stored") this.#stats.fills += 1
    else if (answer === "kept") this.#stats.unchanged += 1
    else this.#stats.refusedFills += 1
    this.#parts.report?.({ name: "fill", cache: this.#settings.name, key: address.value, answer })
  }

  #tooLarge(address: EntryAddress, bytes: number): void {
    this.#stats.tooLarge += 1
    this.#parts.report?.({ name: "value-too-large", cache: this.#settings.name, key: address.value, bytes })
  }

  /** Nobody waits for the answer: an unreleased lease ends by itself. */
  #release(grant: LeaseGrant, outcome: "failed" | "abandoned"): void {
    this.#parts.store
      .releaseLease(grant, outcome)
      .catch((error: unknown) => this.#lookout.storeFailed("release", error))
  }
}

/** Throws `NO_PREVIOUS_VALUE` if nothing is there that could be unchanged. */
function endOf<V>(loaded: Loaded<V>, address: EntryAddress, previous: EntryReading<V> | undefined): LoadEnd<V> {
  const { value, costMs } = loaded
  const directions = loaded.directions?.get(address.value)
  if (!isUnchanged(value)) return { value, costMs, directions }
  if (previous?.value === undefined) throw noPreviousValue()
  return { value: previous.value, costMs, directions, unchanged: previous }
}
