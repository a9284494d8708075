import { absence, type NearTier } from "../contracts/near-tier.ts"
import type { LeaseGrant } from "../contracts/store.ts"
import type { Glob } from "../entry/glob.ts"
import type { EntryAddress } from "../entry/key.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { adviceOn, type Advice } from "./advice.ts"
import type { CallOptions, InvalidateOptions } from "./cache-options.ts"
import type { PuttableCache, ReadThroughCache } from "./cache-kinds.ts"
import { CacheStats, type CacheStatsSnapshot } from "./cache-stats.ts"
import type { CacheSettings } from "./cache-settings.ts"
import { callLimits, detachable, type CallLimits } from "./caller.ts"
import { encoded } from "./entry-writer.ts"
import { explain, type Explanation } from "./explanation.ts"
import type { Answer, Ticket } from "./flight.ts"
import { entryReference, type EntryReference } from "./groups/entry-reference.ts"
import { invalidateRequest } from "./invalidate-request.ts"
import { Invalidator, type Delivery } from "./invalidator.ts"
import { findOrLease, lookupMiss, type Lookup } from "./lookup.ts"
import { isUsable } from "./lookout.ts"
import { ManyKeyWriter, type ManyWriter } from "./many-writer.ts"
import { ManyReader } from "./many-reader.ts"
import type { Parts } from "./parts.ts"
import { ReadFigures } from "./read-figures.ts"
import { Reader } from "./reader.ts"
import { CacheSweeps } from "./sweeps/cache-sweeps.ts"
import type { ScannedKey } from "./sweeps/key-stream.ts"
import type { PatternDelivery, PatternOptions, ScanOptions } from "./sweeps/sweep-options.ts"
import { CacheInUnits } from "./units/cache-in-units.ts"
import type { ChangingCall } from "./units/unit-context.ts"
import { Writer, type SourceWriter, type Written } from "./writer.ts"

/** The whole of a cache; which parts of it a user sees depends on the options. */
export class Cache<K, V> implements ReadThroughCache<K, V>, PuttableCache<K, V> {
  readonly name: string
  readonly #settings: CacheSettings<K, V>
  readonly #parts: Parts
  readonly #stats = new CacheStats()
  readonly #reader: Reader<K, V>
  readonly #figures: ReadFigures
  readonly #many: ManyReader<K, V>
  readonly #writer: Writer<K, V>
  readonly #invalidator: Invalidator
  /** @internal */
  readonly sweeps: CacheSweeps
  /** @internal */
  readonly units: CacheInUnits
  /** The near cache, if it can be asked by the user's key itself. */
  #plainNear: NearTier<V> | undefined
  readonly #handOut: (value: V | undefined) => V | undefined

  constructor(settings: CacheSettings<K, V>, parts: Parts) {
    this.name = settings.name
    this.#settings = settings
    this.#parts = parts
    this.#reader = new Reader<K, V>(settings, parts, this.#stats)
    this.#figures = new ReadFigures(settings.name, parts, this.#stats)
    const { near } = this.#reader
    this.#plainNear = settings.hasPlainKeys ? near : undefined
    this.#handOut = near === undefined ? (value) => value : (value) => near.handOut(value)
    this.#many = new ManyReader<K, V>(parts.clock, this.#reader, this.#figures, this.#handOut)
    this.#invalidator = new Invalidator(settings, parts, this.#stats, this.#reader)
    this.#writer = new Writer<K, V>(settings, parts, this.#stats, this.#reader, this.#invalidator)
    this.sweeps = new CacheSweeps(settings, parts, this.#reader, this.#invalidator)
    const clear = async (): Promise<boolean> => (await this.#clear()).delivered
    this.units = new CacheInUnits(settings, this.#writer, this.#invalidator, clear, parts.units)
  }

  get(key: K, options?: CallOptions): Promise<V | undefined> {
    const near = this.#plainNear
    if (near === undefined || options !== undefined) return this.#get(key, options)
    const text = typeof key === "string" ? key : Number.isFinite(key) ? String(key) : undefined
    const hit = text === undefined ? undefined : near.hit(text)
    if (hit === undefined) return this.#get(key, options)
    this.#stats.hitsAtOnce += 1
    if (hit === absence) this.#stats.negativeHits += 1
    if (this.#parts.report !== undefined) this.#figures.reportNearHit(this.#settings.addressOf(key))
    return hit
  }

  async #get(key: K, options?: CallOptions): Promise<V | undefined> {
    this.#parts.assertOpen()
    const address = this.#settings.addressOf(key)
    const limits = options && callLimits(options, "get", this.name)
    limits?.signal?.throwIfAborted()
    const startedMs = this.#figures.begun()
    try {
      const answer = await (limits === undefined
        ? this.#reader.readSingle(key, address, undefined)
        : this.#readWithin(key, address, limits))
      this.#figures.answered(address, answer, startedMs)
      return this.#handOut(answer.value)
    } catch (error) {
      this.#figures.failed(address, startedMs)
      throw error
    }
  }

  entry(key: K): EntryReference<V> {
    return entryReference(this.name, this.#settings.addressOf(key), (options) => this.get(key, options))
  }

  async getMany(keys: readonly K[], options?: CallOptions): Promise<(V | undefined)[]> {
    this.#parts.assertOpen()
    // Whatever they come in: a key that is missing must not be loaded under the address of another one.
    const all = Array.from(keys)
    const addresses = all.map((key) => this.#settings.addressOf(key))
    const limits = options && callLimits(options, "getMany", this.name)
    limits?.signal?.throwIfAborted()
    return this.#many.read(all, addresses, limits)
  }

  #readWithin(key: K, address: EntryAddress, limits: CallLimits): Promise<Answer<V>> {
    const ticket: Ticket = { flight: undefined, left: false }
    return detachable(this.#parts.clock, this.#reader.readSingle(key, address, ticket), limits, () => {
      ticket.left = true
      ticket.flight?.leave()
    })
  }

  peek(key: K, options?: CallOptions): Promise<V | undefined> {
    return this.#call("peek", key, options, async (address) => {
      if (this.#parts.journal.holds(address.value)) return undefined
      const copy = this.#reader.findNear(address)
      if (copy !== undefined) return this.#handOut(copy.value)
      const sight = await this.#reader.lookout.look(address)
      return isUsable(sight) ? this.#handOut(sight.value) : undefined
    })
  }

  lookup(key: K, options?: CallOptions): Promise<Lookup<V>> {
    const caller = { left: false }
    const find = async (address: EntryAddress): Promise<Lookup<V>> => {
      const startedMs = this.#figures.begun()
      const { lookout, filler, renewal } = this.#reader
      const leaseMs = this.#settings.loadTimeoutMs
      const found = await findOrLease(this.#parts, lookout, address, leaseMs, filler.typicalCostMs)
      this.#figures.lookedUp(address, found, startedMs)
      if (found.is === "value") {
        if (found.entry !== undefined) renewal.found(address, found.entry)
        return { hit: true, value: this.#handOut(found.value) }
      }
      const clock = found.grant && (await filler.stamper.clockBefore(address))
      const fill = (grant: LeaseGrant, value: V | undefined): Promise<boolean> => {
        const loaded = { value, costMs: this.#parts.clock.monotonic() - startedMs }
        return filler.fillByHand(grant, { key, loaded, clock })
      }
      const miss = lookupMiss<V>(found, fill, (grant) => filler.releaseByHand(grant))
      if (caller.left) await miss.release()
      return miss
    }
    return this.#call("lookup", key, options, find, () => {
      caller.left = true
    })
  }

  refresh(key: K, options?: CallOptions): Promise<V | undefined> {
    return this.#call("refresh", key, options, async (address) =>
      this.#handOut((await this.#reader.refresh(key, address)).value),
    )
  }

  write(key: K, writer: SourceWriter<V>, options?: CallOptions): Promise<Written<V>> {
    return this.#change("write", options, () => this.#writer.write(key, this.#settings.addressOf(key), writer))
  }

  writeMany(keys: readonly K[], writer: ManyWriter<K, V>, options?: CallOptions): Promise<Written<V>[]> {
    const many = new ManyKeyWriter<K, V>(this.#settings, this.#writer)
    return this.#change("writeMany", options, () => many.write(keys, writer))
  }

  put(key: K, value: V, options?: CallOptions): Promise<Omit<Written<V>, "value">> {
    return this.#change("put", options, async () => {
      const address = this.#settings.addressOf(key)
      if (this.#settings.versionOf !== undefined) return this.#writer.putVersioned(key, address, value)
      if (this.#settings.load !== undefined)
        throw new HoldfastError("PUT_NOT_SAFE", `Cache "${this.name}" has a loader and no version.`)
      // Nothing is committed yet, so a value that cannot be stored is the caller's to know.
      encoded(this.#settings, value)
      const { stored, delivered } = await this.#writer.write(key, address, () => value)
      return { stored, delivered }
    })
  }

  async invalidate(key: K, options: InvalidateOptions = {}): Promise<Delivery> {
    const request = invalidateRequest(this.#settings, options)
    return this.#change("invalidate", options, () =>
      this.#invalidator.invalidate(this.#settings.addressOf(key), request),
    )
  }

  /** @internal Whether the store knows of all of them. */
  async invalidateAll(keys: readonly K[]): Promise<boolean> {
    const addresses = new Map(keys.map((key) => [this.#settings.addressOf(key).value, key]))
    const told = await Promise.all([...addresses.values()].map((key) => this.invalidate(key)))
    return told.every(({ delivered }) => delivered)
  }

  explain(key: K, options?: CallOptions): Promise<Explanation> {
    return this.#call("explain", key, options, (address) =>
      explain(this.#settings, this.#parts, this.#reader.lookout.tags, address),
    )
  }

  clear(options?: CallOptions): Promise<Delivery> {
    return this.#change("clear", options, () => this.#clear())
  }

  async #clear(): Promise<Delivery> {
    this.#stats.clears += 1
    const { name: cache, clearTag } = this.#settings
    const { delivered } = await this.#parts.tagInvalidator.invalidate([clearTag], cache)
    this.#parts.report?.({ name: "clear", cache, delivered })
    return { delivered }
  }

  scan(options: ScanOptions = {}): AsyncIterableIterator<ScannedKey> {
    this.#parts.assertOpen()
    return this.sweeps.scan(options)
  }

  async invalidatePattern(match: Glob, options: PatternOptions = {}): Promise<PatternDelivery> {
    this.#parts.assertOpen()
    if (options.dryRun !== true) this.#parts.units.assertOutside("invalidatePattern")
    return this.sweeps.invalidate(match, options)
  }

  stats(): CacheStatsSnapshot {
    const { near } = this.#reader
    return this.#stats.snapshot(this.name, near?.stats())
  }

  advice(): Advice {
    return adviceOn(this.stats(), this.#reader.lookout.groupReads?.largestShare)
  }

  /** Nothing is answered from this process any more. */
  close(): void {
    this.#plainNear = undefined
    this.#reader.near?.clear()
  }

  /** Runs one call about one key on behalf of one caller, who may give up on it. */
  #call<T>(
    call: string,
    key: K,
    options: CallOptions | undefined,
    work: (address: EntryAddress) => Promise<T>,
    onLeave?: () => void,
  ): Promise<T> {
    return this.#callAll(call, options, () => work(this.#settings.addressOf(key)), onLeave)
  }

  /** One call that changes what is cached; not inside the work of a unit, before whose commit it would take effect. */
  async #change<T>(call: ChangingCall, options: CallOptions | undefined, work: () => Promise<T>): Promise<T> {
    this.#parts.units.assertOutside(call)
    return this.#callAll(call, options, work)
  }

  /** The same about no single key. */
  async #callAll<T>(
    call: string,
    options: CallOptions | undefined,
    work: () => Promise<T>,
    onLeave: () => void = () => {},
  ): Promise<T> {
    this.#parts.assertOpen()
    const limits = options && callLimits(options, call, this.name)
    limits?.signal?.throwIfAborted()
    const working = work()
    return limits === undefined ? working : detachable(this.#parts.clock, working, limits, onLeave)
  }
}
