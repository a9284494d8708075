import { expect, test } from "vitest"
import type { PhaseReport } from "./phase-report.ts"
import { phaseOf, settings } from "./report.fixture.ts"
import { createReport } from "./run-report.ts"
import { summaryLines } from "./summary.ts"

const figures = {
  name: "product",
  reads: 5000,
  nearHits: 3450,
  outageHits: 0,
  hits: 945,
  negativeHits: 40,
  stale: 5,
  misses: 590,
  failures: 10,
  hitRatio: 0.88,
  answeredBy: { near: 0.69, store: 0.19, source: 0.118, nobody: 0.002 },
  loads: 590,
  loadErrors: 0,
  coalesced: 10,
  fills: 590,
  refusedFills: 0,
  invalidations: 20,
  undelivered: 0,
}
const cached = phaseOf({
  name: "cached",
  requestsPerSecond: 2500,
  databaseQueriesPer1000Requests: 150,
  latency: { p50Ms: 4, p95Ms: 8, p99Ms: 10, maxMs: 12 },
  cache: { ...figures, name: "all" },
  caches: [figures],
})
const moment = { p50Ms: 4, p99Ms: 9, errors: 0, refusedByCarrier: 0, refusedByCache: 0, databaseQueriesPerSecond: 100 }
const outage = phaseOf({
  name: "outage",
  events: [
    { atSeconds: 1.2, what: "killed (SIGKILL)" },
    { atSeconds: 2.1, what: "back, empty" },
  ],
  timeline: [
    { atSeconds: 1, requestsPerSecond: 2500, ...moment },
    { atSeconds: 2, requestsPerSecond: 1250, ...moment },
    { atSeconds: 3, requestsPerSecond: 2500, ...moment },
  ],
})

test("the summary compares the phases and says what the figures are worth", () => {
  const text = summaryLines(createReport(settings, [phaseOf({}), cached, outage], null)).join("\n")
  expect(text).toContain("load driver shares the 2 cores")
  expect(text).toMatch(/requests\/s +1,000 +2,500 +2\.5x/)
  expect(text).toMatch(/latency p99 +40\.0 ms +10\.0 ms +-75\.0 %/)
  expect(text).toMatch(/database queries per 1,000 requests +1,000 +150 +-85\.0 %/)
  expect(text).toMatch(/answered by the near cache +- +69\.0 %/)
  expect(text).toMatch(/by the store +- +19\.0 %/)
  expect(text).toMatch(/by the source +- +11\.8 %/)
  expect(text).toMatch(/by nobody: failed +- +0\.2 % +product\n/)
  expect(text).toMatch(/product +5,000 +69\.0 % +19\.0 % +11\.8 % +0\.2 % +590 +10/)
  expect(text).toMatch(/stale strict reads: price and stock +0 +0/)
  expect(text).toContain("stale if it is more than 0 ms behind what was acknowledged")
  expect(text).toContain("Good: stale reads 0 of 18,000 checked, strict ones 0 of 6,000, 0 errors.")
})

test("the outage shows each event beside the second in which it happened", () => {
  const lines = summaryLines(createReport(settings, [phaseOf({}), cached, outage], null))
  expect(lines.find((line) => line.startsWith("2.0 s"))).toContain("<- killed (SIGKILL)")
  expect(lines.find((line) => line.startsWith("3.0 s"))).toContain("<- back, empty")
  expect(lines.join("\n")).toContain("requests/s █▅█")
})

test("the outage says who answered while it lasted; a cache that was not read says nothing", () => {
  const text = (of: PhaseReport): string =>
    summaryLines(createReport(settings, [phaseOf({}), cached, of], null)).join("\n")
  expect(text({ ...outage, cache: figures })).toContain(
    "answered by the near cache 69.0 %, the store 19.0 %, the source 11.8 %; failed 0.2 %",
  )
  expect(text({ ...outage, cache: { ...figures, answeredBy: null } })).not.toContain(
    "answered by the near cache 69.0 %,",
  )
})

test("the outage says whose reads failed, and that the carrier refuses quotes", () => {
  const textOf = (names: readonly string[], errors = 0): string => {
    const caches = [{ ...figures, name: "flags", failures: 0 }, ...names.map((name) => ({ ...figures, name }))]
    const phase = { ...outage, cache: figures, caches, errors }
    return summaryLines(createReport(settings, [phaseOf({}), cached, phase], null)).join("\n")
  }
  expect(textOf(["shipping-quote"])).toContain("failed 0.2 %: quotes that the carrier refused\n")
  expect(textOf(["shipping-quote"], 1)).toContain("failed 0.2 %: shipping-quote\n")
  expect(textOf(["product", "shipping-quote"])).toContain("failed 0.2 %: product, shipping-quote\n")
  expect(textOf([])).toContain("failed 0.2 %\n")
})

test("the outage says how many changes were refused, beside what was stale", () => {
  const phase = { ...outage, refusedByCache: 17 }
  const text = summaryLines(createReport(settings, [phaseOf({}), cached, phase], null)).join("\n")
  expect(text).toContain("stale reads 0 of 6,000 checked; strict ones 0 of 2,000")
  expect(text).toContain("refused because the cache could not be told: 17")
})

test("a p99 that is longer with a cache stands beside the load that it was measured under", () => {
  const text = (p99Ms: number, requestsPerSecond: number): string => {
    const phase = { ...cached, requestsPerSecond, latency: { ...cached.latency, p99Ms } }
    return summaryLines(createReport(settings, [phaseOf({}), phase], "")).join("\n")
  }
  expect(text(41, 2500)).toContain(
    "The cached p99 is that of 2.5x the requests/s, over the same 32 connections and 2 cores.",
  )
  expect(text(40, 2500)).not.toContain("The cached p99")
  expect(text(41, 1000)).not.toContain("The cached p99")
})

test("without an outage the summary says why", () => {
  const text = summaryLines(createReport(settings, [phaseOf({}), cached], "nothing to kill.")).join("\n")
  expect(text).toContain("No outage was played: nothing to kill.")
})

test("a delay of the database is named", () => {
  const delayed = { ...settings, flags: { ...settings.flags, dbLatencyMs: 2 } }
  const text = (of: typeof settings): string => summaryLines(createReport(of, [phaseOf({}), cached], "")).join("\n")
  expect(text(delayed)).toContain("2 ms added to every database query")
  expect(text(settings)).not.toContain("added to every")
})

test("what went wrong is named", () => {
  const bad = phaseOf({
    name: "outage",
    errors: 3,
    errorKinds: { "offer answered 500": 3 },
    strict: { checkedReads: 5, staleReads: 1 },
    staleExamples: [{ what: "offer", id: 5, expected: 9, seen: 8 }],
  })
  const text = summaryLines(createReport(settings, [phaseOf({}), cached, bad], null)).join("\n")
  expect(text).toContain("NOT good: stale reads 0 of 18,000 checked, strict ones 1 of 4,005, 3 errors.")
  expect(text).toContain("outage: 3 x offer answered 500")
  expect(text).toContain("outage: offer 5 had version 8, at least 9 was due")
})
