import type { PhaseReport } from "./phase-report.ts"
import type { RunSettings } from "./run-report.ts"

/** A phase in which all went well. */
export function phaseOf(change: Partial<PhaseReport>): PhaseReport {
  return {
    name: "uncached",
    seconds: 8,
    warmUpSeconds: 4,
    requests: 8000,
    requestsPerSecond: 1000,
    writes: 240,
    latency: { p50Ms: 10, p95Ms: 20, p99Ms: 40, maxMs: 50 },
    databaseQueries: 8000,
    databaseQueriesPer1000Requests: 1000,
    cache: null,
    caches: [],
    notFound: 80,
    soldOut: 0,
    refusedByCarrier: 12,
    refusedByCache: 0,
    errors: 0,
    errorKinds: {},
    events: [],
    timeline: [],
    checkedReads: 6000,
    staleReads: 0,
    strict: { checkedReads: 2000, staleReads: 0 },
    staleExamples: [],
    ...change,
  }
}

/** Some settings. */
export const settings: RunSettings = {
  startedAt: "2026-01-01T00:00:00.000Z",
  environment: {
    node: "20.19.0",
    platform: "linux x64",
    cpu: "some",
    cores: 2,
    memoryGb: 8,
    database: { version: "PostgreSQL 18.4", origin: "private server", description: "PostgreSQL 18.4, private" },
    store: { version: "Redis 7.0.15", origin: "private server", description: "Redis 7.0.15, private" },
    loadDriverSharesCores: true,
  },
  flags: {
    once: true,
    json: false,
    seconds: 8,
    rate: null,
    store: null,
    database: null,
    trace: null,
    dbLatencyMs: 0,
    port: 0,
  },
  data: { products: 50_000, users: 20_000, orders: 60_000, categories: 208 },
  load: { mix: { product: 100 }, keys: "Zipf 0.99", connections: 32, seed: 42 },
}
