import type { NearTier } from "../contracts/near-tier.ts"
import type { LeaseAnswer, LeaseGrant } from "../contracts/store.ts"
import type { EntryAddress } from "../entry/key.ts"
import { BackgroundRefresh } from "./background-refresh.ts"
import type { LoadReason } from "./cache-options.ts"
import type { CacheSettings } from "./cache-settings.ts"
import type { CacheStats } from "./cache-stats.ts"
import { Filler, type LoadWatch } from "./filler.ts"
import { phases, type Answer, type Flight, type Landing, type Ticket } from "./flight.ts"
import { FlightTable } from "./flight-table.ts"
import { holdMs } from "./holding.ts"
import { askForLease } from "./leasing.ts"
import type { LoadBatch } from "./load-batch.ts"
import { isUsable, Lookout, unavailable, type Sight, type Usable } from "./lookout.ts"
import type { Parts } from "./parts.ts"
import { Renewal } from "./renewal.ts"
import { loadFailedElsewhere, Waiter } from "./waiter.ts"

/** How often a caller accepts that a shared flight had nothing for it before it loads for itself (R10). */
const refusalsMax = 3

/** One pass through the read path: for the passengers of a flight, or for a refresh that has none. */
interface Visit<K, V> {
  readonly key: K
  readonly address: EntryAddress
  readonly reason: LoadReason
  readonly flight: Flight<V> | undefined
  /** With whose loads its own is gathered. */
  readonly batch: LoadBatch<K, V> | undefined
}

/** The read path of one cache: look, else lease, load and fill, or wait for whoever does. */
export class Reader<K, V> {
  readonly flights: FlightTable<V> = new FlightTable<V>()
  readonly lookout: Lookout<V>
  readonly filler: Filler<K, V>
  /** Undefined: nothing is kept in this process. */
  readonly near: NearTier<V> | undefined
  readonly #parts: Parts
  readonly #stats: CacheStats
  readonly renewal: Renewal<V>
  readonly #background: BackgroundRefresh<K, V>

  constructor(settings: CacheSettings<K, V>, parts: Parts, stats: CacheStats) {
    this.#parts = parts
    this.#stats = stats
    this.near = nearTierOf<V>(settings, parts)
    this.lookout = new Lookout<V>(settings, parts, stats, this.near)
    this.filler = new Filler<K, V>(settings, parts, stats, this.lookout, this.near)
    this.renewal = new Renewal<V>(settings, parts, this.lookout)
    this.#background = new BackgroundRefresh<K, V>(settings, parts, this.lookout, this.filler)
    parts.tagTable.onInvalidation((tags) => this.flights.detachAll((key) => tags.some((tag) => tag.mayBeOn(key))))
  }

  /**
   * Reads one key. Rejects with what the loader threw, `LOAD_TIMEOUT` or `LOAD_FAILED_ELSEWHERE`.
   *
   * @param batch is told when this key waits for somebody else; the caller pauses it when the key is answered
   */
  async read(key: K, address: EntryAddress, ticket: Ticket | undefined, batch?: LoadBatch<K, V>): Promise<Answer<V>> {
    const copy = this.findNear(address)
    if (copy !== undefined) return copy
    let refusals = 0
    while (ticket?.left !== true) {
      const kept = this.filler.outage.find(address)
      if (kept !== undefined) return kept
      batch?.resume(address.value)
      const crowding = this.flights.crowding(address.value)
      if (crowding !== undefined) {
        batch?.pause(address.value)
        await crowding.turn()
        continue
      }
      const boardable = this.flights.boardable(address.value)
      const flight = boardable ?? this.#takeOff(key, address, batch)
      const sharesAll = this.flights.isGathering(flight)
      if (boardable !== undefined) batch?.pause(address.value)
      if (!sharesAll && !this.#mayJoinLoad(flight)) {
        await flight.turn()
        continue
      }
      if (boardable !== undefined) this.#stats.coalesced += 1
      const landing = await flight.board(ticket)
      if (landing !== "look-again" && (sharesAll || (await this.#mayTake(address, landing)))) return landing
      refusals += 1
      if (refusals === refusalsMax) return this.filler.loadUnstored(key, address, "miss", undefined, batch)
    }
    throw new DOMException("The caller has left.", "AbortError")
  }

  /** The same for a key that is read by itself, whose load is gathered with those of others where the cache says so (`batch`). */
  readSingle(key: K, address: EntryAddress, ticket: Ticket | undefined): Promise<Answer<V>> {
    const batch = this.filler.turnBatch?.join(address.value)
    const reading = this.read(key, address, ticket, batch)
    return batch === undefined ? reading : reading.finally(() => batch.pause(address.value))
  }

  /** What is held in this process and may be served. */
  findNear(address: EntryAddress): Answer<V> | undefined {
    const { near } = this
    const hit = near?.find(near.textOf(address.value))
    return hit && { value: hit.value, source: "near", stored: true }
  }

  /** The key changes, or has changed: nobody joins what is under way, and no copy of it is served. */
  forget(address: EntryAddress): void {
    this.flights.detach(address.value)
    this.near?.drop(address.value)
  }

  /** Loads although an entry may be fresh, and stores the result. */
  async refresh(key: K, address: EntryAddress): Promise<Answer<V>> {
    this.near?.drop(address.value)
    for (let round = 0; round < refusalsMax; round += 1) {
      const sight = await this.lookout.lookPast(address)
      if (sight.is === "unavailable") break
      const visit = { key, address, reason: "refresh", flight: undefined, batch: undefined } as const
      const landing = await this.#underLease(visit, sight)
      // What another load has stored meanwhile may have been read before this call.
      if (landing !== "look-again" && landing.source === "load") return landing
    }
    return this.filler.loadUnstored(key, address, "refresh")
  }

  /** Whether a caller who came during the load may have what it brought: a tag may have been invalidated since it began (R10, R7). */
  async #mayTake(address: EntryAddress, { stored, stamp }: Answer<V>): Promise<boolean> {
    return stored && (await this.lookout.tags.judge(address, stamp)) === "valid"
  }

  /** A load may be shared while its fill is not yet sent and its lease belongs to the present generation (R10, R4). */
  #mayJoinLoad(flight: Flight<V>): boolean {
    return flight.phase.is === "loading" && this.#parts.store.isCurrent(flight.phase.grant)
  }

  #takeOff(key: K, address: EntryAddress, batch: LoadBatch<K, V> | undefined): Flight<V> {
    const flight = this.flights.start(address.value)
    flight.landing = this.#fly(key, address, flight, batch)
    return flight
  }

  async #fly(
    key: K,
    address: EntryAddress,
    flight: Flight<V>,
    batch: LoadBatch<K, V> | undefined,
  ): Promise<Landing<V>> {
    try {
      const held = this.#parts.journal.holds(address.value)
      const sight = await (held ? unavailable : this.lookout.look(address))
      if (sight.is === "fresh") {
        this.#background.found(key, address, sight.entry)
        this.renewal.found(address, sight.entry)
        return { value: sight.value, source: "store", stored: true }
      }
      const visit = { key, address, reason: "miss", flight, batch } as const
      if (sight.is === "unavailable") return await this.#loadUnstored(visit)
      if (sight.is === "stale" && this.#background.isBusy(address)) return stale(sight.value)
      const landing = this.#underLease(visit, sight)
      if (sight.is !== "stale") return await landing
      return await this.#background.unlessSlow(address, sight.entry, landing, () => batch?.pause(address.value))
    } finally {
      this.flights.land(address.value, flight)
    }
  }

  async #underLease(visit: Visit<K, V>, sight: Sight<V>): Promise<Landing<V>> {
    const waiter = new Waiter(this.#parts, visit.address)
    try {
      return await this.#leaseRounds(visit, sight, waiter)
    } finally {
      waiter.end()
    }
  }

  async #leaseRounds(visit: Visit<K, V>, sight: Sight<V>, waiter: Waiter): Promise<Landing<V>> {
    let rejected = sight.is === "missing" ? sight.rejected : undefined
    for (let round = 0; round < 2; round += 1) {
      const answer = await askForLease(this.#parts, this.lookout, visit.address, { leaseMs: holdMs, rejected })
      if (answer.is === "win") return this.#loadAndFill(visit, answer.grant, waiter)
      if (answer.is === "no-fill") break
      if (answer.is !== "wait") {
        const stored = await this.#takeStored(visit, answer, waiter)
        if (stored === "look-again" || "value" in stored) return stored
        // Nobody waits who has not said what is dead: only LEASE's "wait" has the load that is under way wake whoever waits.
        rejected = stored.rejected
        continue
      }
      this.#stats.waits += 1
      visit.batch?.pause(visit.address.value)
      const woken = await waiter.wait(this.filler.typicalCostMs)
      visit.batch?.resume(visit.address.value)
      if (woken === "failed") throw loadFailedElsewhere(visit.address)
      if (woken !== "cap") return "look-again"
    }
    return sight.is === "stale" ? this.#loadOrStale(visit, sight) : this.#loadUnstored(visit)
  }

  /** No lease can be had for a refresh: the source answers, and if it fails, the entry does while its grace lasts. */
  #loadOrStale(visit: Visit<K, V>, { value, entry }: Usable<V>): Promise<Answer<V>> {
    return this.#loadOr(visit, () =>
      this.#background.isInGrace(visit.address, entry) ? { value, source: "stale", stored: false } : undefined,
    )
  }

  /** Serves an entry that LEASE sent back, or says which unreadable entry to reject next time. */
  async #takeStored(
    visit: Visit<K, V>,
    answer: Extract<LeaseAnswer, { bytes: Buffer }>,
    waiter: Waiter,
  ): Promise<Landing<V> | { readonly rejected: string | undefined }> {
    const sight = await this.lookout.judge(visit.address, answer.bytes)
    if (sight.is === "unavailable" && answer.is !== "stale-win") return this.#loadUnstored(visit)
    if (answer.is === "stale-win") {
      if (!isUsable(sight)) return this.#loadAndFill(visit, answer.grant, waiter)
      this.#background.start(answer.grant, {
        key: visit.key,
        reason: "stale",
        previous: sight.entry,
        batch: visit.batch,
      })
      return stale(sight.value)
    }
    if (!isUsable(sight)) return { rejected: sight.is === "missing" ? sight.rejected : undefined }
    return answer.is === "hit" ? { value: sight.value, source: "store", stored: true } : stale(sight.value)
  }

  /** The source answers, and if it fails as the store does, what is still held here. */
  #loadUnstored(visit: Visit<K, V>): Promise<Answer<V>> {
    return this.#loadOr(visit, () => this.filler.outage.lastResort(visit.address))
  }

  /** Loads, stores nothing, and has something else if the load fails. */
  async #loadOr(
    { key, address, reason, flight, batch }: Visit<K, V>,
    otherwise: () => Answer<V> | undefined,
  ): Promise<Answer<V>> {
    const onStart = flight && ((abort: () => void) => this.#abandonWith(address, flight, abort))
    try {
      return await this.filler.loadUnstored(key, address, reason, onStart, batch)
    } catch (error) {
      const instead = otherwise()
      if (instead === undefined) throw error
      return instead
    }
  }

  #loadAndFill(visit: Visit<K, V>, grant: LeaseGrant, waiter: Waiter): Promise<Answer<V>> {
    const { key, address, reason, flight, batch } = visit
    const detach = (): void => this.flights.detach(address.value, flight)
    flight?.enter({ is: "loading", grant })
    waiter.onWake((why) => why === "invalidated" && detach())
    const watch: LoadWatch = {
      onStart: (abort) => flight && this.#abandonWith(address, flight, abort),
      onFilling: () => flight?.enter(phases.filling),
      onGone: detach,
    }
    return this.filler.loadAndFill(key, grant, reason, undefined, watch, batch)
  }

  /** When the last passenger has left, nobody else may board before the load is aborted. */
  #abandonWith(address: EntryAddress, flight: Flight<V>, abort: () => void): void {
    flight.onAbandoned(() => {
      this.flights.detach(address.value, flight)
      abort()
    })
  }
}

/** A store that nobody can vouch for has no near caches in front of it. */
function nearTierOf<V>(settings: CacheSettings<never, V>, { nearTier, store, clock }: Parts): NearTier<V> | undefined {
  const { near, graceMs, valuePrefix: prefix } = settings
  const { coherence } = store
  return near && coherence && nearTier?.<V>({ ...near, graceMs, coherence, clock, prefix })
}

function stale<V>(value: V | undefined): Answer<V> {
  return { value, source: "stale", stored: true }
}
