import { expect, test } from "vitest"
import { phaseOf, settings } from "./report.fixture.ts"
import { createReport } from "./run-report.ts"

const uncached = phaseOf({})
const cached = phaseOf({ name: "cached", requestsPerSecond: 2500, databaseQueriesPer1000Requests: 150 })

test("the comparison is the cached phase against the uncached one", () => {
  const { comparison } = createReport(settings, [uncached, cached], null)
  expect(comparison.requestsPerSecondRatio).toBe(2.5)
  expect(comparison.databaseQueriesSaved).toBeCloseTo(0.85)
  expect(comparison.p99Ratio).toBe(1)
})

test("a run without stale reads and errors is good", () => {
  expect(createReport(settings, [uncached, cached], null).verdict).toEqual({
    ok: true,
    stalenessBoundMs: 0,
    checkedReads: 12_000,
    staleReads: 0,
    strict: { checkedReads: 4000, staleReads: 0 },
    errors: 0,
  })
})

test.each([
  ["one stale read", { staleReads: 1 }],
  ["one stale strict read", { strict: { checkedReads: 9, staleReads: 1 } }],
  ["one error", { errors: 1 }],
])("%s in any phase makes the run not good", (_, change) => {
  const outage = phaseOf({ name: "outage", ...change })
  expect(createReport(settings, [uncached, cached, outage], null).verdict.ok).toBe(false)
})

test("a run in which nothing could be checked is not good", () => {
  const unchecked = [phaseOf({ checkedReads: 0 }), phaseOf({ name: "cached", checkedReads: 0 })]
  expect(createReport(settings, unchecked, null).verdict.ok).toBe(false)
  const none = { checkedReads: 0, staleReads: 0 }
  const unstrict = [phaseOf({ strict: none }), phaseOf({ name: "cached", strict: none })]
  expect(createReport(settings, unstrict, null).verdict.ok).toBe(false)
})

test("a phase without requests divides by nothing", () => {
  const silent = phaseOf({ requestsPerSecond: 0, latency: { p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 } })
  const { comparison } = createReport(settings, [silent, cached], null)
  expect(Object.values(comparison).every(Number.isFinite)).toBe(true)
})
