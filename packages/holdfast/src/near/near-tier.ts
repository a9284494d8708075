import type { Clock } from "../contracts/clock.ts"
import type { Change, Coherence, Witness, WitnessState } from "../contracts/coherence.ts"
import type {
  NearEntry,
  NearHit,
  NearMarker,
  NearStats,
  NearTier,
  NearTierOptions,
  TagProofs,
} from "../contracts/near-tier.ts"
import { isPlainKey } from "../entry/key.ts"
import type { EntryAddress } from "../entry/key.ts"
import { isolation, type Isolation } from "./isolation.ts"
import { nowhere, SieveTable } from "./sieve-table.ts"

/** Proofs asked for per `maxStaleness`, so that one that is late or lost does not stop the service. */
const proofsPerBound = 4

/** Makes the near cache of one cache. */
export function nearTier<V>(options: NearTierOptions): NearTier<V> {
  return new SieveTier<V>(options)
}

/** What entries have in common that were kept on the word of one witness; tagged ones have one each. */
interface Standing {
  readonly witness: Witness
  readonly fence: number
  readonly isCloned: boolean
  readonly proofs: TagProofs | undefined
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
  readonly #coherence: Coherence
  readonly #clock: Clock
  readonly #maxStalenessMs: number
  readonly #prefix: string | undefined
  readonly #isolation: Isolation
  readonly #entries: SieveTable<V | undefined, Standing>
  /** The last one made of each witness, for untagged entries. */
  readonly #standings = new WeakMap<Witness, Standing>()
  readonly #marks = new Map<string, Marks>()

  constructor({ coherence, clock, maxStalenessMs, maxEntries, maxBytes, isolate, prefix }: NearTierOptions) {
    this.#coherence = coherence
    this.#clock = clock
    this.#maxStalenessMs = maxStalenessMs
    this.#prefix = prefix
    this.#isolation = isolation(isolate)
    this.#entries = new SieveTable({ maxEntries, maxBytes })
    coherence.onChange((change) => this.#heard(change))
    coherence.prove(maxStalenessMs / proofsPerBound)
  }

  find(text: string, isRaw: boolean): NearHit<V> | undefined {
    const entries = this.#entries
    const place = entries.visit(isRaw ? text : nameOf(text))
    if (place === nowhere) return undefined
    const nowMs = this.#clock.monotonic()
    const { witness, fence, isCloned, proofs } = entries.standingAt(place)
    if (nowMs >= entries.untilAt(place) || fence !== witness.fence) return this.#remove(text, isRaw)
    if (nowMs - witness.provedMs > this.#maxStalenessMs) return undefined
    if (proofs !== undefined && !this.#cover(proofs, nowMs)) return undefined
    return { value: entries.valueAt(place), isCloned }
  }

  handOut(value: V | undefined): V | undefined {
    return this.#isolation.handOut(value)
  }

  copy(value: V | undefined): V | undefined {
    return this.#isolation.copy(value)
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
    const standing = this.#standing(marker, kept.isCloned, proofs)
    this.#entries.set(nameOf(this.textOf(address.value)), { value: kept.value, standing, until, bytes })
  }

  end(marker: NearMarker): void {
    const { marks, address } = marker as Marker
    marks.count -= 1
    if (marks.count === 0 && !marks.isVoid) this.#marks.delete(address.value)
  }

  drop(valueKey: string): void {
    this.#entries.delete(nameOf(this.textOf(valueKey)))
    const marks = this.#marks.get(valueKey)
    if (marks === undefined) return
    marks.isVoid = true
    this.#marks.delete(valueKey)
  }

  clear(): void {
    this.#entries.clear()
    for (const marks of this.#marks.values()) marks.isVoid = true
    this.#marks.clear()
  }

  stats(): NearStats {
    const { size: entries, bytes, evictions } = this.#entries
    const proof = proofOf(this.#coherence.states(), this.#maxStalenessMs)
    return { entries, bytes, evictions, ...proof, tracking: this.#coherence.tracking?.().state ?? "off" }
  }

  #heard(change: Change): void {
    if (change.is !== "tag" && change.key.startsWith(this.#prefix ?? "")) this.drop(change.key)
  }

  #remove(text: string, isRaw: boolean): undefined {
    this.#entries.delete(isRaw ? text : nameOf(text))
    return undefined
  }

  #standing({ witness, fence }: NearMarker, isCloned: boolean, proofs: TagProofs | undefined): Standing {
    const known = this.#standings.get(witness)
    if (proofs === undefined && known?.fence === fence && known.isCloned === isCloned) return known
    const standing = { witness, fence, isCloned, proofs }
    if (proofs === undefined) this.#standings.set(witness, standing)
    return standing
  }

  #cover({ clock, tags }: TagProofs, nowMs: number): boolean {
    return tags.every((tag) => tag.covers(clock, nowMs, this.#maxStalenessMs))
  }
}

/** Under what an entry stands in the table: the encoding of one key may read as another key, which is looked for as it is. */
const nameOf = (text: string): string => (isPlainKey(text) ? text : `\0${text}`)

/** What holds of a cache whose keys lie on all servers: no more than of the worst of them. */
function proofOf(
  states: readonly WitnessState[],
  maxStalenessMs: number,
): Pick<NearStats, "proved" | "provedAgoMs" | "why"> {
  const oldest = states.reduce((age, { provedAgoMs = Infinity }) => Math.max(age, provedAgoMs), 0)
  const proved = states.length > 0 && oldest <= maxStalenessMs
  const worst = states.find(({ provedAgoMs = Infinity }) => provedAgoMs > maxStalenessMs)
  const why = proved ? undefined : `${worst?.node ?? "no server"}: ${worst?.why ?? "no beat has come back in time"}`
  return { proved, provedAgoMs: oldest === Infinity ? undefined : oldest, why }
}
