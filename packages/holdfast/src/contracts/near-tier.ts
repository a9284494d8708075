import type { EntryAddress } from "../entry/key.ts"
import type { Clock } from "./clock.ts"
import type { Coherence, TrackingState, Witness } from "./coherence.ts"
import type { OutageCache } from "./outage-cache.ts"
import type { TagClock } from "./tag-store.ts"

/** What is known here of one tag, and who vouches for it. */
export interface TagProof {
  /** Has heard of every change of the tag before its `provedMs`, if its fence is still {@link TagProof.fence}. */
  readonly witness: Witness
  readonly fence: number
  /** When the tag was invalidated last, or made: another object once that has changed. `dead`: nothing is known any more. */
  readonly clock: TagClock | "dead"
  /** Whether it may have changed in a way that nobody has told. It proves nothing until it is read again. */
  readonly isDoubted: boolean
}

/** The tags of an entry and the tag clock that it has recorded. */
export interface TagProofs {
  readonly clock: TagClock
  readonly tags: readonly TagProof[]
}

/** A value on its way into a near cache. */
export interface NearEntry<V> {
  /** Undefined: "not in the source". */
  readonly value: V | undefined
  /** Monotonic time in milliseconds until which it is served. */
  readonly untilMs: number
  /** What it counts against the budget in bytes: the size of its entry in the store. */
  readonly bytes: number
  readonly proofs: TagProofs | undefined
}

/** A value that may be served, by way of {@link NearTier.handOut}. */
export interface NearHit<V> {
  readonly value: V | undefined
}

/** The promise of {@link NearTier.hit} for what is not in the source. */
export const absence: Promise<undefined> = Promise.resolve(undefined)

/** Permission to keep what is read or stored from now on, void as soon as the key is heard to have changed. Each is to be ended. */
export interface NearMarker {
  readonly address: EntryAddress
  readonly witness: Witness
  readonly fence: number
}

/** How values are kept from being changed by those who get them. */
export type IsolationMode = "freeze" | "clone" | "share"

/** What the near cache of one cache is made of. */
export interface NearTierOptions {
  readonly coherence: Coherence
  readonly clock: Clock
  /** How old what is served may be at most, counted from its invalidation elsewhere, in milliseconds. */
  readonly maxStalenessMs: number
  readonly maxEntries: number
  readonly maxBytes: number
  readonly isolate: IsolationMode
  /** How long past its ttl a value may be served if neither the store nor the source answers, in milliseconds. */
  readonly graceMs: number
  /** Whether what is loaded while the store is away may be served for a moment. */
  readonly outageCache: boolean
  /** What the value keys of the cache begin with, if what follows is the text of the key and "}"; undefined: their groups differ. */
  readonly prefix: string | undefined
}

/** Makes the near cache of one cache. */
export type NearTierMaker = <V>(options: NearTierOptions) => NearTier<V>

/** Figures and state of a near cache. */
export interface NearStats {
  /** Held at present, those included that may not be served any more. */
  readonly entries: number
  /** Their sizes in the store. */
  readonly bytes: number
  /** Entries that had to leave for want of room, since it was made. */
  readonly evictions: number
  /** Loaded while the store is away, and held for a moment. */
  readonly outageEntries: number
  /** Whether each server has proved within `maxStaleness` that every change has been heard. Where not, reads ask the store. */
  readonly proved: boolean
  /** Age of the oldest of these proofs in milliseconds; undefined while a server has none. */
  readonly provedAgoMs: number | undefined
  /** Why it is not proved. */
  readonly why: string | undefined
  /** Whether that is only because it has just begun: for two seconds at most, and while nothing has failed. */
  readonly isStarting: boolean
  /** Whether changes are heard that others than Holdfast make; `health()` says why not. */
  readonly tracking: TrackingState["state"]
}

/** The in-process tier of one cache (PROTOCOL section 4). */
export interface NearTier<V> {
  /** Undefined: what is loaded while the store is away is not kept. */
  readonly outage: OutageCache<V> | undefined
  /** What a caller may have of a value that was just read or loaded: itself, frozen, or a copy. */
  handOut(value: V | undefined): V | undefined
  /**
   * What a caller may have of what is held under a key that is a text; undefined if nothing may be served now. Not
   * where groups differ.
   */
  hit(key: string): Promise<V | undefined> | undefined
  /** What is held under the text of a key, as of {@link NearTier.textOf}, if it may be served now. */
  find(text: string): NearHit<V> | undefined
  /**
   * What is held of a key, proved or not, for whoever can neither ask the store nor the source: within its grace, and not if it is
   * known here to have changed. Absences are not.
   */
  lastResort(valueKey: string): NearHit<V> | undefined
  /** A newer state of the key is known: what may not be served now goes, so that neither a later proof nor a last resort brings it back. */
  supersede(valueKey: string): void
  /** Under what text an entry is held. */
  textOf(valueKey: string): string
  /** Call it before the look or the fill is sent; undefined while nobody can vouch for the key. */
  mark(address: EntryAddress): NearMarker | undefined
  /** Keeps an entry, unless its key has changed or its witness was fenced since. */
  keep(marker: NearMarker, entry: NearEntry<V>): void
  /** Forgets a marker, used or not. */
  end(marker: NearMarker): void
  /** The key has changed, or is about to: drops the copy and voids the markers. */
  drop(valueKey: string): void
  /** Drops everything. */
  clear(): void
  stats(): NearStats
}
