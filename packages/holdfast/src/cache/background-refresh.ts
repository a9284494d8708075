import type { LeaseAnswer, LeaseGrant } from "../contracts/store.ts"
import { entryIdOf } from "../entry/envelope.ts"
import type { EntryAddress } from "../entry/key.ts"
import { isDueEarly } from "../policy/early-refresh.ts"
import type { LoadReason } from "./cache-options.ts"
import type { CacheSettings } from "./cache-settings.ts"
import type { EntryReading } from "./entry-reader.ts"
import type { Filler, LoadWatch } from "./filler.ts"
import type { Landing } from "./flight.ts"
import { holdMs } from "./holding.ts"
import { askForLease } from "./leasing.ts"
import type { LoadBatch } from "./load-batch.ts"
import type { Lookout } from "./lookout.ts"
import type { Parts } from "./parts.ts"
import { orSlow } from "./slow.ts"
import { RestingKeys } from "./resting-keys.ts"

/** How long a key is left alone at most after a refresh that failed, and while another process makes one, in milliseconds. */
const restMs = 1000
/** Failures in a row make that longer, up to a tenth of the grace, so that an entry within it gets several chances, and to this. */
const longestRestMs = 30_000
const restingKeysMax = 10_000

/** What a refresh replaces, and why. */
interface Refresh<K, V> {
  readonly key: K
  readonly reason: LoadReason
  readonly previous: EntryReading<V> | undefined
  /** With whose loads its own is gathered. */
  readonly batch?: LoadBatch<K, V> | undefined
}

/** Refreshes beside the reads: of entries that can be served meanwhile. What goes wrong in one is seen by nobody but `stats` and the observer. */
export class BackgroundRefresh<K, V> {
  readonly #settings: CacheSettings<K, V>
  readonly #parts: Parts
  readonly #lookout: Lookout<V>
  readonly #filler: Filler<K, V>
  /** The latest refresh of each key of which it is not known that it has ended, or that its lease has gone. */
  readonly #running = new Map<string, object>()
  readonly #resting: RestingKeys

  constructor(settings: CacheSettings<K, V>, parts: Parts, lookout: Lookout<V>, filler: Filler<K, V>) {
    this.#settings = settings
    this.#parts = parts
    this.#lookout = lookout
    this.#filler = filler
    const capMs = Math.max(restMs, Math.min(longestRestMs, settings.graceMs / 10))
    this.#resting = new RestingKeys(restingKeysMax, { random: parts.random, baseMs: restMs, capMs })
  }

  /** Whether a lease for this key is of no use now: it is being refreshed here, or a refresh has failed a moment ago. */
  isBusy({ value }: EntryAddress): boolean {
    return this.#running.has(value) || this.#resting.isResting(value, this.#parts.clock.monotonic())
  }

  /** A read has found this entry fresh: if it is due early, its refresh begins. */
  found(key: K, address: EntryAddress, entry: EntryReading<V>): void {
    const { early } = this.#settings
    const { store, random } = this.#parts
    if (early === undefined || !isDueEarly(early, entry, store.now(address), random)) return
    if (!this.isBusy(address)) this.#refreshEarly(key, address, entry)
  }

  /** Loads and fills under a lease that was granted together with an entry that can be served. */
  start(grant: LeaseGrant, { key, reason, previous, batch }: Refresh<K, V>): void {
    const { address } = grant
    const watch: LoadWatch = { onStart: () => {}, onFilling: () => {}, onGone: () => this.#end(address.value, grant) }
    this.#follow(address, grant, () => this.#filler.loadAndFill(key, grant, reason, previous, watch, batch))
  }

  /**
   * What a read that has found an entry past its ttl waits for; past the soft timeout that entry, if its grace lasts, and what the read
   * was waiting for goes on as a refresh in the background.
   *
   * @param onEnd told when that has ended
   */
  async unlessSlow(
    address: EntryAddress,
    entry: EntryReading<V>,
    landing: Promise<Landing<V>>,
    onEnd: () => void,
  ): Promise<Landing<V>> {
    const { softTimeoutMs } = this.#settings
    if (softTimeoutMs === undefined) return landing
    const landed = await orSlow(this.#parts.clock, softTimeoutMs, landing, () => this.isInGrace(address, entry))
    if (landed !== "slow") return landed
    this.#follow(address, {}, () => landing.finally(onEnd))
    return { value: entry.value, source: "stale", stored: false }
  }

  /** Whether an entry may be served stale now. */
  isInGrace(address: EntryAddress, { freshUntilMs }: EntryReading<V>): boolean {
    return this.#parts.store.now(address) < freshUntilMs + this.#settings.graceMs
  }

  /** Takes a refresh for running until it has ended, or the key was invalidated, and lets the key rest if it fails. */
  #follow(address: EntryAddress, refresh: object, work: () => Promise<Landing<V>>): void {
    const { value } = address
    this.#running.set(value, refresh)
    const over = (): void => this.#end(value, refresh)
    const unregister = this.#parts.store.onWake(address, (why) => why === "invalidated" && over())
    const ended = (outcome: "loaded" | "failed" | "unknown"): void => {
      if (outcome === "loaded") this.#resting.succeeded(value)
      if (outcome === "failed") this.#resting.failed(value, this.#parts.clock.monotonic())
      unregister()
      over()
    }
    work().then(
      (landing) => ended(outcomeOf(landing)),
      () => ended("failed"),
    )
  }

  /** Of all who find the entry due, in all processes, one gets the lease. */
  #refreshEarly(key: K, address: EntryAddress, entry: EntryReading<V>): void {
    const { value } = address
    const { id } = entry
    const asking = {}
    this.#running.set(value, asking)
    const request = { leaseMs: holdMs, rejected: undefined, early: id }
    const answered = (answer: LeaseAnswer): void => {
      this.#end(value, asking)
      if (answer.is === "hit") return
      if (answer.is !== "win" && answer.is !== "stale-win")
        return this.#resting.leave(value, this.#parts.clock.monotonic())
      const isSame = answer.is === "stale-win" && entryIdOf(answer.bytes) === id
      this.start(answer.grant, { key, reason: "early", previous: isSame ? entry : undefined })
    }
    askForLease(this.#parts, this.#lookout, address, request).then(answered, () => this.#end(value, asking))
  }

  #end(value: string, refresh: object): void {
    if (this.#running.get(value) === refresh) this.#running.delete(value)
  }
}

/** What became of a load. One without a lease that fails is answered with the entry in hand. */
function outcomeOf<V>(landing: Landing<V>): "loaded" | "failed" | "unknown" {
  if (landing === "look-again") return "unknown"
  if (landing.source === "load") return "loaded"
  return landing.source === "stale" && !landing.stored ? "failed" : "unknown"
}
