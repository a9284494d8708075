import type { OracleFigures } from "../load/driver-messages.ts"
import type { Latency } from "../load/tally.ts"

export type PhaseName = "uncached" | "cached" | "outage"

/** What users felt in one stretch of a phase, about a second long. */
export interface Moment {
  /** End of the stretch, from the beginning of the phase. */
  readonly atSeconds: number
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly errors: number
  readonly refusedByCarrier: number
  readonly refusedByCache: number
  readonly databaseQueriesPerSecond: number
}

/** Something that was done to the servers during a phase. */
export interface PhaseEvent {
  readonly atSeconds: number
  readonly what: string
}

/** Who answered the reads, as shares of them; together 1. */
export interface AnswerShares {
  /** The near cache: memory of the process, no round trip. */
  readonly near: number
  /** The store, fresh or within grace: one round trip. */
  readonly store: number
  /** A load, of one's own or shared with another read. */
  readonly source: number
  /** The read failed. */
  readonly nobody: number
}

/** Figures of one cache, or the sum over all, within one phase. */
export interface CacheFigures {
  readonly name: string
  readonly reads: number
  /** Answered from the near cache; "not in the source" included. */
  readonly nearHits: number
  /** Answered with what the process had just loaded, because the store was away. */
  readonly outageHits: number
  /** Answered from the store, fresh; "not in the source" included. */
  readonly hits: number
  /** Of these three, "not in the source". */
  readonly negativeHits: number
  /** Answered from the store, past the ttl, within grace. */
  readonly stale: number
  /** Answered by the source. */
  readonly misses: number
  /** Reads that failed. */
  readonly failures: number
  /** nearHits, outageHits, hits and stale, as a share of reads; null without reads. */
  readonly hitRatio: number | null
  /** null without reads. */
  readonly answeredBy: AnswerShares | null
  readonly loads: number
  readonly loadErrors: number
  /** Reads that shared another read's look or load. */
  readonly coalesced: number
  readonly fills: number
  readonly refusedFills: number
  readonly invalidations: number
  /** Invalidations that the store could not be told at once. */
  readonly undelivered: number
}

/** Figures of one phase. */
export interface PhaseReport extends OracleFigures {
  readonly name: PhaseName
  readonly seconds: number
  /** Load before the counted part, not in any figure. */
  readonly warmUpSeconds: number
  readonly requests: number
  readonly requestsPerSecond: number
  readonly writes: number
  readonly latency: Latency
  readonly databaseQueries: number
  readonly databaseQueriesPer1000Requests: number
  /** All caches together; null without a cache. */
  readonly cache: CacheFigures | null
  readonly caches: readonly CacheFigures[]
  readonly notFound: number
  readonly soldOut: number
  readonly refusedByCarrier: number
  /** Changes of price or stock that were refused because the cache could not be told. */
  readonly refusedByCache: number
  /** Answers that nothing explains; the kinds say which. */
  readonly errors: number
  readonly errorKinds: Readonly<Record<string, number>>
  readonly events: readonly PhaseEvent[]
  readonly timeline: readonly Moment[]
}
