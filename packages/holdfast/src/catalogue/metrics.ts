/** What a reader of a figure needs to know. */
export interface MetricFacts {
  readonly means: string
  /** What is counted, or the unit of a length of time. */
  readonly unit:
    | "reads"
    | "loads"
    | "fills"
    | "entries"
    | "events"
    | "values"
    | "calls"
    | "operations"
    | "keys"
    | "bytes"
    | "share"
    | "ms"
    | "state"
  /** `counter`: only grows. `gauge`: goes up and down. `quantile`: of all that was measured since the cache was made. */
  readonly kind: "counter" | "gauge" | "quantile"
}

/** Every figure of `stats()`, with a dot between a summary and its part. The reference page and the tests read this table. */
export const metrics = {
  reads: { means: "Calls of `get` and `lookup`, and distinct keys of each `getMany`.", unit: "reads", kind: "counter" },
  nearHits: { means: "Answered from the near cache.", unit: "reads", kind: "counter" },
  outageHits: {
    means: "Answered with what this process had loaded within the last second, because the store was away.",
    unit: "reads",
    kind: "counter",
  },
  hits: { means: "Answered from the store, fresh.", unit: "reads", kind: "counter" },
  negativeHits: { means: 'Of these three, those that said "not in the source".', unit: "reads", kind: "counter" },
  stale: { means: "Answered past the ttl and within grace, or as fencedStale.", unit: "reads", kind: "counter" },
  fencedStale: {
    means: "Of those, held in this process and perhaps changed since: neither the store nor the source had answered.",
    unit: "reads",
    kind: "counter",
  },
  misses: {
    means: "Answered by the source, by a load of their own or a shared one; and calls of `lookup` that found nothing.",
    unit: "reads",
    kind: "counter",
  },
  failures: { means: "Reads that failed.", unit: "reads", kind: "counter" },
  hitRatio: {
    means: "nearHits, outageHits, hits and stale, as a share of reads; undefined before the first read.",
    unit: "share",
    kind: "gauge",
  },
  hitMeanMs: {
    means: "How long hits of the store took on average; undefined before the first.",
    unit: "ms",
    kind: "gauge",
  },
  loads: {
    means: "Loads started, refreshes in the background included; each key of a `loadMany` is one.",
    unit: "loads",
    kind: "counter",
  },
  loadErrors: { means: "Loads that failed, took too long or were abandoned.", unit: "loads", kind: "counter" },
  loadedKeys: {
    means: "Different keys that were loaded; estimated, within 13 % in 95 of 100 cases.",
    unit: "keys",
    kind: "counter",
  },
  coalesced: {
    means: "Times that a read joined another read's look or load in this process.",
    unit: "reads",
    kind: "counter",
  },
  waits: { means: "Times that a read waited for a load of another process.", unit: "reads", kind: "counter" },
  fills: { means: "Loaded values that the store has kept.", unit: "fills", kind: "counter" },
  unchanged: {
    means: "Entries that live on because a load found their values unchanged. They are none of the fills.",
    unit: "entries",
    kind: "counter",
  },
  storedBytes: { means: "Bytes of the fills, with their envelopes.", unit: "bytes", kind: "counter" },
  refusedFills: {
    means:
      "Loaded values that the store has not kept: lease lost, version older, a tag invalidated meanwhile, or no answer in time; and unchanged ones whose entry was gone.",
    unit: "fills",
    kind: "counter",
  },
  tooLarge: { means: "Values not stored because they exceed `maxValueBytes`.", unit: "values", kind: "counter" },
  unreadable: {
    means: "Stored entries that could not be used: damaged, of another format, shape or codec.",
    unit: "entries",
    kind: "counter",
  },
  foreign: { means: "Entries that named another key than the one asked for.", unit: "entries", kind: "counter" },
  deadByTag: {
    means: "Times that a stored entry was found dead by a tag or by `clear`.",
    unit: "entries",
    kind: "counter",
  },
  writes: { means: "Calls of `write` and `put`.", unit: "calls", kind: "counter" },
  invalidations: { means: "Calls of `invalidate`.", unit: "calls", kind: "counter" },
  clears: { means: "Calls of `clear`.", unit: "calls", kind: "counter" },
  undelivered: {
    means: "Invalidations, those of writes included, that the store could not be told at once.",
    unit: "operations",
    kind: "counter",
  },
  storeErrors: { means: "Store operations that failed.", unit: "operations", kind: "counter" },
  "near.entries": {
    means: "Held in the near cache, those included that may not be served any more.",
    unit: "entries",
    kind: "gauge",
  },
  "near.bytes": { means: "Their sizes in the store.", unit: "bytes", kind: "gauge" },
  "near.evictions": { means: "Entries that had to leave it for want of room.", unit: "entries", kind: "counter" },
  "near.outageEntries": {
    means: "Loaded because the store is away, and held for a second at most; none of the others.",
    unit: "entries",
    kind: "gauge",
  },
  "near.proved": {
    means:
      "Whether each server has proved within `maxStaleness` that every change has been heard; where not, reads ask the store.",
    unit: "state",
    kind: "gauge",
  },
  "near.provedAgoMs": {
    means: "Age of the oldest of these proofs; undefined while a server has none.",
    unit: "ms",
    kind: "gauge",
  },
  "near.why": { means: "Why it is not proved.", unit: "state", kind: "gauge" },
  "near.isStarting": {
    means: "Whether that is only because it has just begun: for two seconds at most, and while nothing has failed.",
    unit: "state",
    kind: "gauge",
  },
  "near.tracking": {
    means: "Whether changes are heard that others than Holdfast make: `off`, `on` or `unavailable`.",
    unit: "state",
    kind: "gauge",
  },
  "latency.count": {
    means: "Reads that were measured: those that the near cache did not answer.",
    unit: "reads",
    kind: "counter",
  },
  "latency.meanMs": { means: "How long reads took on average.", unit: "ms", kind: "gauge" },
  "latency.p50Ms": {
    means: "Half of the reads took at most this long. Quantiles are up to 9 % too high.",
    unit: "ms",
    kind: "quantile",
  },
  "latency.p99Ms": { means: "99 of 100 reads took at most this long.", unit: "ms", kind: "quantile" },
  "latency.maxMs": { means: "The slowest read.", unit: "ms", kind: "gauge" },
  "loadLatency.count": { means: "Loads that were measured.", unit: "loads", kind: "counter" },
  "loadLatency.meanMs": {
    means: "How long loads took on average, the wait for a free place included.",
    unit: "ms",
    kind: "gauge",
  },
  "loadLatency.p50Ms": {
    means: "Half of the loads took at most this long, the wait for a free place included.",
    unit: "ms",
    kind: "quantile",
  },
  "loadLatency.p99Ms": { means: "99 of 100 loads took at most this long.", unit: "ms", kind: "quantile" },
  "loadLatency.maxMs": { means: "The slowest load.", unit: "ms", kind: "gauge" },
} as const
