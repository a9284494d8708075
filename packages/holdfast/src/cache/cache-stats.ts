import { DistinctCount } from "../policy/distinct-count.ts"
import type { NearStats } from "../contracts/near-tier.ts"
import { LatencyHistogram, type LatencySummary } from "./latency.ts"

/** Figures of one cache in this process since it was made. Counts, except where a unit is named. */
export interface CacheStatsSnapshot {
  /** Name of the cache. */
  readonly name: string
  /** Calls of `get` and `lookup`, and distinct keys of each `getMany`. */
  readonly reads: number
  /** Answered from the near cache. */
  readonly nearHits: number
  /** Answered with what this process had loaded within the last second, because the store was away. */
  readonly outageHits: number
  /** Answered from the store, fresh. */
  readonly hits: number
  /** Of these three, "not in the source". */
  readonly negativeHits: number
  /** Answered past the ttl, within grace, or with fencedStale. */
  readonly stale: number
  /** Of those, held in this process and of unproved age: neither the store nor the source answered. */
  readonly fencedStale: number
  /** Answered by the source, and calls of `lookup` that found nothing. */
  readonly misses: number
  /** Reads that failed. */
  readonly failures: number
  /** nearHits, outageHits, hits and stale, as a share of reads; undefined before the first read. */
  readonly hitRatio: number | undefined
  /** How long hits of the store took on average, in milliseconds; undefined before the first. */
  readonly hitMeanMs: number | undefined
  /** Loads started, refreshes in the background included; each key of a `loadMany` is one. */
  readonly loads: number
  /** Of those, failed, timed out or abandoned. */
  readonly loadErrors: number
  /** Different keys that were loaded; estimated, within 13 % in 95 of 100 cases. */
  readonly loadedKeys: number
  /** Reads that shared another read's look or load in this process. */
  readonly coalesced: number
  /** Reads that waited for a load of another process. */
  readonly waits: number
  /** Loaded values that the store has kept. */
  readonly fills: number
  /** Entries that live on because a load found their values unchanged; none of the fills. */
  readonly unchanged: number
  /** Bytes of the fills, with their envelopes. */
  readonly storedBytes: number
  /** Loaded values that it has not: lease lost, version older, a tag invalidated meanwhile, or no answer in time; and unchanged ones whose entry was gone. */
  readonly refusedFills: number
  /** Values served and not stored because they exceed `maxValueBytes`. */
  readonly tooLarge: number
  /** Stored entries that could not be read: garbage, truncated, other format or shape. */
  readonly unreadable: number
  /** Entries that named another key (R8). */
  readonly foreign: number
  /** Times that an entry was found dead by a tag or by `clear`. */
  readonly deadByTag: number
  /** Calls of `write` and `put`. */
  readonly writes: number
  /** Calls of `invalidate`. */
  readonly invalidations: number
  /** Calls of `clear`. */
  readonly clears: number
  /** Invalidations that the store could not be told at once. */
  readonly undelivered: number
  /** Store operations that failed. */
  readonly storeErrors: number
  /** The near cache; undefined if there is none. */
  readonly near: NearStats | undefined
  /** How long reads took that the near cache did not answer. */
  readonly latency: LatencySummary
  /** How long loads took, the wait for a free place included. */
  readonly loadLatency: LatencySummary
}

/** The running figures behind {@link CacheStatsSnapshot}. */
export class CacheStats {
  /** Besides those that were hits at once. */
  reads = 0
  nearHits = 0
  /** Near hits that were answered within the call. They count for `reads` and `nearHits`, and cost one addition. */
  hitsAtOnce = 0
  outageHits = 0
  hits = 0
  negativeHits = 0
  stale = 0
  fencedStale = 0
  misses = 0
  failures = 0
  loads = 0
  loadErrors = 0
  coalesced = 0
  waits = 0
  fills = 0
  unchanged = 0
  storedBytes = 0
  refusedFills = 0
  tooLarge = 0
  unreadable = 0
  foreign = 0
  deadByTag = 0
  writes = 0
  invalidations = 0
  clears = 0
  undelivered = 0
  storeErrors = 0
  hitMs = 0
  readonly loadedKeys: DistinctCount = new DistinctCount()
  readonly latency: LatencyHistogram = new LatencyHistogram()
  readonly loadLatency: LatencyHistogram = new LatencyHistogram()

  snapshot(name: string, near?: NearStats): CacheStatsSnapshot {
    const { latency, loadLatency, hitMs, loadedKeys, hitsAtOnce, ...counts } = this
    const reads = this.reads + hitsAtOnce
    const nearHits = this.nearHits + hitsAtOnce
    const answered = nearHits + this.outageHits + this.hits + this.stale
    return {
      name,
      ...counts,
      reads,
      nearHits,
      hitRatio: reads === 0 ? undefined : answered / reads,
      hitMeanMs: this.hits === 0 ? undefined : hitMs / this.hits,
      loadedKeys: loadedKeys.estimate,
      near,
      latency: latency.summary(),
      loadLatency: loadLatency.summary(),
    }
  }
}
