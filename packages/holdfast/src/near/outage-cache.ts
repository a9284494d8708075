import type { Clock, Timer } from "../contracts/clock.ts"
import type { Coherence } from "../contracts/coherence.ts"
import type { NearHit, NearTierOptions } from "../contracts/near-tier.ts"
import type { Located, OutageCache, OutageEntry, OutageMarker } from "../contracts/outage-cache.ts"
import { OldestFirst } from "../internal/oldest-first.ts"
import type { Isolation, Kept } from "./isolation.ts"

/** How long a value is served at most, from the beginning of its load, in milliseconds. */
const longestMs = 1000
/** Of the budgets of the near cache, what is kept through an outage besides. */
const share = 0.25

/** One outage, and by whom it can be told whether it lasts. */
interface Away {
  readonly of: Located
  readonly outage: object
}

interface Held<V> extends Kept<V | undefined> {
  readonly away: Away
  /** When its load began, and until when it is served: monotonic, in milliseconds. */
  readonly startedMs: number
  readonly untilMs: number
  readonly bytes: number
}

class Marker implements OutageMarker {
  readonly key: string
  readonly away: Away
  isVoid = false

  constructor(key: string, away: Away) {
    this.key = key
    this.away = away
  }
}

/** The micro-cache of one cache: nearly empty while the store answers, bounded while it does not. */
export class BoundedOutageCache<V> implements OutageCache<V> {
  readonly #coherence: Coherence
  readonly #clock: Clock
  readonly #isolation: Isolation
  readonly #lifeMs: number
  readonly #maxEntries: number
  readonly #maxBytes: number
  /** From old to new. */
  readonly #entries = new Map<string, Held<V>>()
  readonly #oldest = new OldestFirst(this.#entries)
  readonly #markers = new Map<string, Set<Marker>>()
  #bytes = 0
  #timer: Timer

  constructor(
    options: Pick<NearTierOptions, "coherence" | "clock" | "maxStalenessMs" | "maxEntries" | "maxBytes">,
    isolation: Isolation,
  ) {
    this.#coherence = options.coherence
    this.#clock = options.clock
    this.#isolation = isolation
    this.#lifeMs = Math.min(longestMs, options.maxStalenessMs)
    this.#maxEntries = Math.ceil(options.maxEntries * share)
    this.#maxBytes = options.maxBytes * share
  }

  get size(): number {
    return this.#entries.size
  }

  find(key: string): NearHit<V> | undefined {
    const held = this.#entries.get(key)
    if (held === undefined) return undefined
    if (this.#clock.monotonic() < held.untilMs && this.#lasts(held.away)) return held
    this.#remove(key, held)
    return undefined
  }

  mark(key: string, needed: readonly Located[]): OutageMarker | undefined {
    const away = this.#awayOf(needed)
    if (away === undefined) return undefined
    const marker = new Marker(key, away)
    const others = this.#markers.get(key)
    if (others === undefined) this.#markers.set(key, new Set([marker]))
    else others.add(marker)
    return marker
  }

  keep(marker: OutageMarker, { value, startedMs, lifeMs, bytes }: OutageEntry<V>): void {
    const { key, away, isVoid } = marker as Marker
    const untilMs = startedMs + Math.min(this.#lifeMs, lifeMs)
    if (isVoid || bytes > this.#maxBytes || this.#clock.monotonic() >= untilMs || !this.#lasts(away)) return
    const before = this.#entries.get(key)
    // Of two loads that were under way at one time, the one that began later has seen more.
    if (before !== undefined && before.startedMs > startedMs) return
    const kept = this.#isolation.takeIn(value)
    if (kept === undefined) return
    if (before !== undefined) this.#remove(key, before)
    this.#entries.set(key, { ...kept, away, startedMs, untilMs, bytes })
    this.#oldest.added(key)
    this.#bytes += bytes
    this.#makeRoom()
    this.#timer ??= this.#clock.setTimeout(() => this.#sweep(), this.#lifeMs)
  }

  end(marker: OutageMarker): void {
    const markers = this.#markers.get(marker.key)
    markers?.delete(marker as Marker)
    if (markers?.size === 0) this.#markers.delete(marker.key)
  }

  drop(key: string): void {
    const held = this.#entries.get(key)
    if (held !== undefined) this.#remove(key, held)
    for (const marker of this.#markers.get(key) ?? []) marker.isVoid = true
  }

  clear(): void {
    this.#entries.clear()
    this.#bytes = 0
    for (const markers of this.#markers.values()) for (const marker of markers) marker.isVoid = true
    this.#clock.clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #awayOf(needed: readonly Located[]): Away | undefined {
    for (const of of needed) {
      const outage = this.#coherence.outage?.(of)
      if (outage !== undefined) return { of, outage }
    }
    return undefined
  }

  #lasts({ of, outage }: Away): boolean {
    return this.#coherence.outage?.(of) === outage
  }

  #makeRoom(): void {
    while (this.#entries.size > this.#maxEntries || this.#bytes > this.#maxBytes) {
      const oldest = this.#oldest.get()
      if (oldest === undefined) return
      this.#remove(...oldest)
    }
  }

  /** Nobody may ask for them any more: they must not stay in memory for that. */
  #sweep(): void {
    const nowMs = this.#clock.monotonic()
    for (const [key, held] of this.#entries) {
      if (nowMs >= held.untilMs || !this.#lasts(held.away)) this.#remove(key, held)
    }
    this.#timer = this.#entries.size === 0 ? undefined : this.#clock.setTimeout(() => this.#sweep(), this.#lifeMs)
  }

  #remove(key: string, { bytes }: Held<V>): void {
    this.#entries.delete(key)
    this.#bytes -= bytes
  }
}
