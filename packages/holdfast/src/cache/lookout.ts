import type { EntryAddress } from "../entry/key.ts"
import type { NearMarker, NearTier } from "../contracts/near-tier.ts"
import type { StrictTerm } from "../contracts/store.ts"
import { freshness } from "../entry/freshness.ts"
import type { TagStamp } from "../entry/tag-stamp.ts"
import type { EntryAge } from "../policy/early-refresh.ts"
import type { CacheSettings } from "./cache-settings.ts"
import { readEntry, type EntryReading, type Reading } from "./entry-reader.ts"
import type { CacheStats } from "./cache-stats.ts"
import { GroupReads } from "./groups/group-reads.ts"
import { nearLifeMs } from "./near-life.ts"
import { NoticedKeys } from "./noticed-keys.ts"
import type { Parts } from "./parts.ts"
import { storeErrorEvent } from "./store-error.ts"
import { TagJudge, type TagsAhead, type Verdict } from "./tags/tag-judge.ts"

/** What a look at the store found, from the reader's point of view. */
export type Sight<V> =
  | { readonly is: "fresh"; readonly value: V | undefined; readonly entry: EntryReading<V> }
  | { readonly is: "stale"; readonly value: V | undefined; readonly entry: EntryReading<V> }
  /** Absent, or an entry that counts as absent; `rejected` is its id. */
  | { readonly is: "missing"; readonly rejected: string | undefined }
  /** The store cannot answer, or holds what must be left alone: the source answers, and nothing is stored. */
  | { readonly is: "unavailable" }

/** What may go into the near cache. */
interface NearCandidate<V> {
  readonly value: V | undefined
  readonly age: EntryAge
  readonly bytes: number
  readonly stamp: TagStamp
}

export type Usable<V> = Extract<Sight<V>, { is: "fresh" | "stale" }>

/** Looks at the store and judges what it finds, including entries that are not this key's (R8). */
export class Lookout<V> {
  readonly tags: TagJudge
  /** Which groups the reads of this cache go to; undefined: its entries have none. */
  readonly groupReads: GroupReads | undefined
  readonly #settings: CacheSettings<never, V>
  readonly #parts: Parts
  readonly #stats: CacheStats
  readonly #near: NearTier<V> | undefined
  readonly #alarms = new NoticedKeys(noticedKeysMax)
  readonly #otherFormats = new NoticedKeys(noticedKeysMax)

  constructor(settings: CacheSettings<never, V>, parts: Parts, stats: CacheStats, near: NearTier<V> | undefined) {
    this.#settings = settings
    this.#parts = parts
    this.#stats = stats
    this.#near = near
    this.groupReads = settings.isGrouped ? new GroupReads() : undefined
    this.tags = new TagJudge(settings, parts, stats, (error) => this.storeFailed("look-tag", error))
  }

  /** Present: the cache is strict. */
  get strictTerm(): StrictTerm | undefined {
    return this.#settings.strict?.term
  }

  /** Never rejects: a store that cannot answer is `unavailable`. What is fresh goes into the near cache. */
  async look(address: EntryAddress): Promise<Sight<V>> {
    this.#parts.groupReads.count(address)
    this.groupReads?.count(address)
    const ahead = this.tags.lookAhead(address)
    const marker = this.#mark(address)
    const { losses } = this.#parts.journal
    try {
      const bytes = await this.#parts.store.look(address)
      if (bytes === undefined) return this.#notStale(address, absent)
      const reading = readEntry(this.#settings, address, bytes)
      // What another connection answers is not what the marker was made for.
      if (reading.is === "foreign") return await this.#secondOpinion(address)
      const sight = this.#notStale(address, await this.#sightOf(address, reading, ahead))
      if (this.#parts.journal.losses !== losses) return unavailable
      const stamp = sight.is === "fresh" ? sight.entry.stamp : undefined
      if (sight.is === "fresh" && stamp !== undefined)
        this.keepNear(marker, { value: sight.value, age: sight.entry, bytes: bytes.length, stamp })
      return sight
    } catch (error) {
      this.storeFailed("look", error)
      return unavailable
    } finally {
      if (marker !== undefined) this.#near?.end(marker)
    }
  }

  /** Of a key with an invalidation that the store was not told of, nothing that it holds may be kept here. */
  #mark(address: EntryAddress): NearMarker | undefined {
    return this.#parts.journal.holds(address.value) ? undefined : this.#near?.mark(address)
  }

  /** What the store holds takes the place of what is held here; an entry past its ttl may be the very same. */
  #notStale(address: EntryAddress, sight: Sight<V>): Sight<V> {
    if (sight.is === "fresh" || sight.is === "missing") this.#near?.supersede(address.value)
    return sight
  }

  /**
   * Keeps a fresh entry in the near cache, if the marker that was made before it was looked at or stored allows it, and if all its tags
   * are known under a proof: a copy is served only while they prove that nothing has killed it.
   */
  keepNear(marker: NearMarker | undefined, entry: NearCandidate<V>): void {
    const tags = marker && this.tags.proofsOf(marker.address, entry.stamp)
    if (marker === undefined || tags === undefined) return
    const { clock, store } = this.#parts
    const { value, age, bytes, stamp } = entry
    const lifeMs = nearLifeMs(this.#settings, age, store.now(marker.address))
    const proofs = { clock: stamp.clock, tags }
    this.#near?.keep(marker, { value, bytes, untilMs: clock.monotonic() + lifeMs, proofs })
  }

  /** The same for bytes that came with another answer, such as LEASE's. */
  judge(address: EntryAddress, bytes: Buffer, ahead?: TagsAhead): Sight<V> | Promise<Sight<V>> {
    const reading = readEntry(this.#settings, address, bytes)
    return reading.is === "foreign" ? this.#secondOpinion(address) : this.#sightOf(address, reading, ahead)
  }

  /** A look that takes whatever it finds for dead, whoever wrote it. Never rejects. */
  async lookPast(address: EntryAddress): Promise<Sight<V>> {
    try {
      const first = readEntry(this.#settings, address, await this.#parts.store.look(address))
      const reading = first.is === "foreign" ? await this.#readAgain(address) : first
      return reading.is === "absent" ? absent : { is: "missing", rejected: reading.id }
    } catch (error) {
      this.storeFailed("look", error)
      return unavailable
    }
  }

  async #secondOpinion(address: EntryAddress): Promise<Sight<V>> {
    const { losses } = this.#parts.journal
    try {
      const reading = await this.#readAgain(address)
      if (reading.is === "foreign") return { is: "missing", rejected: reading.id }
      const sight = await this.#sightOf(address, reading)
      return this.#parts.journal.losses === losses ? sight : unavailable
    } catch (error) {
      this.storeFailed("look", error)
      return unavailable
    }
  }

  /** Reads once more on a fresh connection: either the first reply was misrouted, or the entry is stored foreign (R8). */
  async #readAgain(address: EntryAddress): Promise<Reading<V>> {
    const opinion = await this.#parts.store.lookAgain(address)
    const reading = readEntry(this.#settings, address, opinion.bytes)
    if (reading.is === "foreign") this.#alarm(address, "stored")
    else {
      opinion.distrust()
      this.#alarm(address, "reply")
    }
    return reading
  }

  #sightOf(
    address: EntryAddress,
    reading: Exclude<Reading<V>, { is: "foreign" }>,
    ahead?: TagsAhead,
  ): Sight<V> | Promise<Sight<V>> {
    switch (reading.is) {
      case "absent":
        return absent
      case "dead": {
        this.#unreadable(address, reading.why)
        const young =
          reading.why === "format" && this.#noticedForMs(this.#otherFormats, address, 2 * leaveAloneMs) < leaveAloneMs
        return young ? unavailable : { is: "missing", rejected: reading.id }
      }
      case "other-shape": {
        this.#unreadable(address, "shape")
        const young = this.#parts.store.now(address) - reading.createdMs < leaveAloneMs
        return young ? unavailable : { is: "missing", rejected: reading.id }
      }
      case "entry": {
        if (this.#isOfAnotherRun(address, reading)) return { is: "missing", rejected: reading.id }
        const { value } = reading
        const is = freshness(reading, this.#parts.store.now(address))
        // The server keeps an entry until its last millisecond has passed; without grace that one is already too late.
        if (is === "stale" && !this.#hasGrace(value)) return { is: "missing", rejected: reading.id }
        return this.#unlessDead(address, { is, value, entry: reading }, ahead)
      }
    }
  }

  /**
   * A strict entry is served only under the run of the server that stored it (R6). Asked after the answer has come: an entry that an
   * older connection has answered is of that connection's run.
   */
  #isOfAnotherRun(address: EntryAddress, { run }: EntryReading<V>): boolean {
    return this.#settings.strict !== undefined && (run === undefined || run !== this.#parts.store.runOf(address))
  }

  /** An entry that is dead by a tag is as good as absent, fresh or not (R7). */
  #unlessDead(address: EntryAddress, sight: Usable<V>, ahead: TagsAhead | undefined): Sight<V> | Promise<Sight<V>> {
    const { stamp } = sight.entry
    const judged = (verdict: Verdict): Sight<V> => {
      if (verdict === "valid") return sight
      return verdict === "dead" ? { is: "missing", rejected: sight.entry.id } : unavailable
    }
    const verdict = this.tags.judge(address, stamp, ahead)
    return typeof verdict === "string" ? judged(verdict) : verdict.then(judged)
  }

  #noticedForMs(keys: NoticedKeys, address: EntryAddress, forgetAfterMs: number): number {
    return keys.ageMs(address.value, this.#parts.clock.monotonic(), forgetAfterMs)
  }

  /** A remembered absence is never served past its ttl. */
  #hasGrace(value: V | undefined): boolean {
    return this.#settings.graceMs > 0 && value !== undefined
  }

  #unreadable(address: EntryAddress, why: string): void {
    this.#stats.unreadable += 1
    this.#parts.report?.({ name: "entry-unreadable", cache: this.#settings.name, key: address.value, why })
  }

  storeFailed(operation: string, error: unknown): void {
    this.#stats.storeErrors += 1
    this.#parts.report?.(storeErrorEvent(this.#settings.name, operation, error))
  }

  #alarm(address: EntryAddress, where: "reply" | "stored"): void {
    this.#stats.foreign += 1
    if (where === "stored" && this.#noticedForMs(this.#alarms, address, alarmEveryMs) > 0) return
    this.#parts.report?.({ name: "entry-foreign", cache: this.#settings.name, key: address.value, where })
  }
}

/** An entry of another shape or format is left to the deploy that wrote it for this long, so that two deploys do not overwrite each other in turn. */
const leaveAloneMs = 30_000
const alarmEveryMs = 60_000
const noticedKeysMax = 1000
const absent = { is: "missing", rejected: undefined } as const
export const unavailable = { is: "unavailable" } as const

/** Whether the store holds the answer by itself. */
export function isUsable<V>(sight: Sight<V>): sight is Usable<V> {
  return sight.is === "fresh" || sight.is === "stale"
}
