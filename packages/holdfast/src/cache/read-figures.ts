import type { ReadOutcome } from "../contracts/observer.ts"
import type { EntryAddress } from "../entry/key.ts"
import type { CacheStats } from "./cache-stats.ts"
import type { Answer } from "./flight.ts"
import type { Found } from "./lookup.ts"
import type { Parts } from "./parts.ts"

/** Counts the reads of one cache and reports them. */
export class ReadFigures {
  readonly #cache: string
  readonly #parts: Pick<Parts, "clock" | "report">
  readonly #stats: CacheStats

  constructor(cache: string, parts: Pick<Parts, "clock" | "report">, stats: CacheStats) {
    this.#cache = cache
    this.#parts = parts
    this.#stats = stats
  }

  /** One key begins to be read. Answers the monotonic time in milliseconds, for the end of it. */
  begun(): number {
    this.#stats.reads += 1
    return this.#parts.clock.monotonic()
  }

  /** One key was answered by the near cache, which takes less time than to measure it. */
  reportNearHit(address: { readonly value: string }): void {
    this.#report(address.value, "near-hit", 0)
  }

  answered<V>(address: EntryAddress, answer: Answer<V>, startedMs: number): void {
    const stats = this.#stats
    if (answer.source === "near") {
      stats.nearHits += 1
      if (answer.value === undefined) stats.negativeHits += 1
      return this.reportNearHit(address)
    }
    if (answer.source === "outage") {
      stats.outageHits += 1
      if (answer.value === undefined) stats.negativeHits += 1
      return this.#ended(address, "outage-hit", startedMs)
    }
    if (answer.source === "load") {
      stats.misses += 1
      return this.#ended(address, answer.stored ? "load" : "load-unstored", startedMs)
    }
    if (answer.source === "stale") {
      stats.stale += 1
      if (answer.isFenced === true) stats.fencedStale += 1
      return this.#ended(address, answer.isFenced === true ? "stale-fenced" : "stale", startedMs)
    }
    stats.hits += 1
    stats.hitMs += this.#parts.clock.monotonic() - startedMs
    if (answer.value === undefined) stats.negativeHits += 1
    this.#ended(address, answer.value === undefined ? "negative-hit" : "hit", startedMs)
  }

  /** A `lookup` has ended: its hit is one of the store, and what a miss costs the source is its caller's to know. */
  lookedUp<V>(address: EntryAddress, found: Found<V>, startedMs: number): void {
    if (found.is === "value") {
      return this.answered(address, { value: found.value, source: "store", stored: true }, startedMs)
    }
    this.#stats.misses += 1
    this.#ended(address, "miss", startedMs)
  }

  failed(address: EntryAddress, startedMs: number): void {
    this.#stats.failures += 1
    this.#ended(address, "failed", startedMs)
  }

  #ended(address: EntryAddress, outcome: ReadOutcome, startedMs: number): void {
    const ms = this.#parts.clock.monotonic() - startedMs
    this.#stats.latency.record(ms)
    this.#report(address.value, outcome, ms)
  }

  #report(key: string, outcome: ReadOutcome, ms: number): void {
    this.#parts.report?.({ name: "read", cache: this.#cache, key, outcome, ms })
  }
}
