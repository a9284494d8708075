import type { Clock } from "../contracts/clock.ts"
import type { Change, Coherence, Doubts, Witness, WitnessState } from "../contracts/coherence.ts"
import { absence } from "../contracts/near-tier.ts"
import type { NearEntry, NearHit, NearMarker, NearStats, NearTier, NearTierOptions } from "../contracts/near-tier.ts"
import { isPlainKey, textOfKey } from "../entry/key.ts"
import type { EntryAddress } from "../entry/key.ts"
import { isolation, type Isolation } from "./isolation.ts"
import { BoundedOutageCache } from "./outage-cache.ts"
import { nowhere, SieveTable } from "./sieve-table.ts"
import { Standings, type Standing } from "./standing.ts"

/** Proofs asked for per `maxStaleness`, so that one that is late or lost does not stop the service. */
const proofsPerBound = 4

/** Makes the near cache of one cache. */
export function nearTier<V>(options: NearTierOptions): NearTier<V> {
  return new SieveTier<V>(options)
}

/** The markers of one key that one change voids together. */
interface Marks {
  count: number
  isVoid: boolean
}

class Marker implements NearMarker {
  readonly address: EntryAddress
  readonly witness: Witness
  readonly fence: number
  readonly marks: Marks

  constructor(address: EntryAddress, witness: Witness, marks: Marks) {
    this.address = address
    this.witness = witness
    this.fence = witness.fence
    this.marks = marks
  }
}

class SieveTier<V> implements NearTier<V> {
  readonly outage: BoundedOutageCache<V> | undefined
  readonly #coherence: Coherence
  readonly #doubts: Doubts
  readonly #clock: Clock
  readonly #maxStalenessMs: number
  readonly #graceMs: number
  readonly #prefix: string | undefined
  readonly #isolation: Isolation
  readonly #entries: SieveTable<V | undefined, Standing>
  readonly #sharing = new Standings(false)
  readonly #cloning = new Standings(true)
  readonly #marks = new Map<string, Marks>()

  constructor(options: NearTierOptions) {
    const { coherence, clock, maxStalenessMs, maxEntries, maxBytes, prefix } = options
    this.#coherence = coherence
    this.#doubts = coherence.doubts
    this.#clock = clock
    this.#maxStalenessMs = maxStalenessMs
    this.#prefix = prefix
    this.#graceMs = options.graceMs
    this.#isolation = isolation(options.isolate)
    this.outage = options.outageCache ? new BoundedOutageCache<V>(options, this.#isolation) : undefined
    this.#entries = new SieveTable({ maxEntries, maxBytes })
    coherence.onChange((change) => this.#heard(change))
    coherence.prove(maxStalenessMs / proofsPerBound)
  }

  hit(key: string): Promise<V | undefined> | undefined {
    if (key.charCodeAt(0) === 0) return undefined
    const place = this.#servable(key)
    if (place === nowhere) return undefined
    const value = this.#entries.valueAt(place)
    if (value === undefined) return absence
    return promiseOf(this.#entries.standingAt(place).isCloned ? this.#isolation.copy(value) : value)
  }

  find(text: string): NearHit<V> | undefined {
    const place = this.#servable(nameOf(text))
    if (place === nowhere) return undefined
    return { value: this.#entries.valueAt(place) }
  }

  lastResort(valueKey: string): NearHit<V> | undefined {
    const entries = this.#entries
    const place = entries.placeOf(nameOf(this.textOf(valueKey)))
    if (place === nowhere || !this.#isInGrace(place, this.#clock.monotonic())) return undefined
    // A lost connection ends no standing: what was true then is old at the worst. Lost data, moved slots and changed tags do.
    return entries.standingAt(place).isOver() ? undefined : { value: entries.valueAt(place) }
  }

  supersede(valueKey: string): void {
    const name = nameOf(this.textOf(valueKey))
    const place = this.#entries.placeOf(name)
    if (place === nowhere) return
    const nowMs = this.#clock.monotonic()
    const isProved = this.#entries.standingAt(place).isProved(nowMs, this.#maxStalenessMs, this.#doubts)
    if (!isProved || nowMs >= this.#entries.untilAt(place)) this.#entries.delete(name)
  }

  handOut(value: V | undefined): V | undefined {
    return this.#isolation.handOut(value)
  }

  textOf(valueKey: string): string {
    return this.#prefix === undefined ? valueKey : valueKey.slice(this.#prefix.length, -1)
  }

  mark(address: EntryAddress): Marker | undefined {
    const witness = this.#coherence.witness(address)
    if (witness === undefined || this.#clock.monotonic() - witness.provedMs > this.#maxStalenessMs) return undefined
    let marks = this.#marks.get(address.value)
    if (marks === undefined) {
      marks = { count: 0, isVoid: false }
      this.#marks.set(address.value, marks)
    }
    marks.count += 1
    return new Marker(address, witness, marks)
  }

  keep(marker: NearMarker, entry: NearEntry<V>): void {
    const { marks, address } = marker as Marker
    if (marks.isVoid || entry.untilMs <= this.#clock.monotonic()) return
    const kept = this.#isolation.takeIn(entry.value)
    if (kept === undefined) return
    const { untilMs: until, bytes, proofs } = entry
    const standings = kept.isCloned ? this.#cloning : this.#sharing
    const standing = standings.of(marker, proofs)
    if (standing === undefined) return
    this.#entries.set(ownText(nameOf(this.textOf(address.value))), { value: kept.value, standing, until, bytes })
  }

  end(marker: NearMarker): void {
    const { marks, address } = marker as Marker
    marks.count -= 1
    if (marks.count === 0 && !marks.isVoid) this.#marks.delete(address.value)
  }

  drop(valueKey: string): void {
    this.#entries.delete(nameOf(this.textOf(valueKey)))
    this.outage?.drop(valueKey)
    const marks = this.#marks.get(valueKey)
    if (marks === undefined) return
    marks.isVoid = true
    this.#marks.delete(valueKey)
  }

  clear(): void {
    this.#entries.clear()
    this.outage?.clear()
    for (const marks of this.#marks.values()) marks.isVoid = true
    this.#marks.clear()
  }

  stats(): NearStats {
    const { size: entries, bytes, evictions } = this.#entries
    const outageEntries = this.outage?.size ?? 0
    const proof = proofOf(this.#coherence.states(), this.#maxStalenessMs)
    const tracking = this.#coherence.tracking?.().state ?? "off"
    return { entries, bytes, evictions, outageEntries, ...proof, tracking }
  }

  #heard(change: Change): void {
    // Which of the entries carry it is not known.
    if (change.is === "tag") this.outage?.clear()
    else if (change.is !== "cache" && change.key.startsWith(this.#prefix ?? "")) this.drop(change.key)
  }

  /** The place of an entry that may be served now. */
  #servable(name: string): number {
    const entries = this.#entries
    const place = entries.visit(name)
    if (place === nowhere) return nowhere
    const nowMs = this.#clock.monotonic()
    const standing = entries.standingAt(place)
    const isFresh = nowMs < entries.untilAt(place)
    if (isFresh && standing.isProved(nowMs, this.#maxStalenessMs, this.#doubts)) return place
    if (standing.isOver() || (!isFresh && !this.#isInGrace(place, nowMs))) entries.delete(name)
    return nowhere
  }

  /** What has no grace ends with its ttl. An absence is not served stale. */
  #isInGrace(place: number, nowMs: number): boolean {
    if (this.#graceMs === 0 || this.#entries.valueAt(place) === undefined) return false
    return nowMs < this.#entries.untilAt(place) + this.#graceMs
  }
}

/** Costs less than `Promise.resolve`. */
const promiseOf = async <T>(value: T): Promise<T> => value

/**
 * Under what an entry stands in the table: the user's key, if that is a text, so that a hit need not encode it; else the encoding,
 * behind a character that no name of the first sort begins with.
 */
function nameOf(text: string): string {
  if (isPlainKey(text)) return text
  const key = textOfKey(text)
  return key === undefined || key.charCodeAt(0) === 0 ? `\0${text}` : key
}

/** Below this V8 copies a part of a text; a longer one is a view that keeps the whole text in memory. */
const shortestView = 13

/** The same text, in memory of its own. */
function ownText(text: string): string {
  if (text.length < shortestView || Buffer.byteLength(text) !== text.length) return text
  return Buffer.from(text, "latin1").toString("latin1")
}

/** What holds of a cache whose keys lie on all servers: no more than of the worst of them. */
function proofOf(
  states: readonly WitnessState[],
  maxStalenessMs: number,
): Pick<NearStats, "proved" | "provedAgoMs" | "why" | "isStarting"> {
  const oldest = states.reduce((age, { provedAgoMs = Infinity }) => Math.max(age, provedAgoMs), 0)
  const proved = states.length > 0 && oldest <= maxStalenessMs
  const unproved = states.filter(({ provedAgoMs = Infinity }) => provedAgoMs > maxStalenessMs)
  const worst = unproved.find(({ isStarting }) => isStarting !== true) ?? unproved[0]
  const why = proved ? undefined : `${worst?.node ?? "no server"}: ${worst?.why ?? "no beat has come back in time"}`
  return { proved, provedAgoMs: oldest === Infinity ? undefined : oldest, why, isStarting: worst?.isStarting === true }
}
