import type { LeaseAnswer, LeaseGrant } from "../contracts/store.ts"
import { entryIdOf } from "../entry/envelope.ts"
import type { EntryAddress } from "../entry/key.ts"
import { isDueEarly } from "../policy/early-refresh.ts"
import type { LoadReason } from "./cache-options.ts"
import type { CacheSettings } from "./cache-settings.ts"
import type { EntryReading } from "./entry-reader.ts"
import type { Filler, LoadWatch } from "./filler.ts"
import { holdMs } from "./holding.ts"
import { askForLease } from "./leasing.ts"
import type { LoadBatch } from "./load-batch.ts"
import type { Lookout } from "./lookout.ts"
import type { Parts } from "./parts.ts"
import { RestingKeys } from "./resting-keys.ts"

/** How long a key is left alone after a refresh that failed, or that another process makes, in milliseconds. */
const restMs = 1000
const restingKeysMax = 10_000

/** What a refresh replaces, and why. */
interface Refresh<K, V> {
  readonly key: K
  readonly reason: LoadReason
  readonly previous: unknown
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
  readonly #resting = new RestingKeys(restingKeysMax)

  constructor(settings: CacheSettings<K, V>, parts: Parts, lookout: Lookout<V>, filler: Filler<K, V>) {
    this.#settings = settings
    this.#parts = parts
    this.#lookout = lookout
    this.#filler = filler
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
    const { value } = address
    this.#running.set(value, grant)
    const over = (): void => this.#end(value, grant)
    const unregister = this.#parts.store.onWake(address, (why) => why === "invalidated" && over())
    const watch: LoadWatch = { onStart: () => {}, onFilling: () => {}, onGone: over }
    const ended = (): void => {
      unregister()
      over()
    }
    this.#filler.loadAndFill(key, grant, reason, previous, watch, batch).then(ended, () => {
      this.#rest(value)
      ended()
    })
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
      if (answer.is !== "win" && answer.is !== "stale-win") return this.#rest(value)
      const isSame = answer.is === "stale-win" && entryIdOf(answer.bytes) === id
      this.start(answer.grant, { key, reason: "early", previous: isSame ? entry.value : undefined })
    }
    askForLease(this.#parts, this.#lookout, address, request).then(answered, () => this.#end(value, asking))
  }

  #end(value: string, refresh: object): void {
    if (this.#running.get(value) === refresh) this.#running.delete(value)
  }

  #rest(value: string): void {
    this.#resting.rest(value, this.#parts.clock.monotonic() + restMs)
  }
}
