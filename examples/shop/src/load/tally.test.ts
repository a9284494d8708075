import { expect, test } from "vitest"
import { Tally } from "./tally.ts"

test("answers are counted by what they were, and latencies within a per mille", () => {
  const tally = new Tally()
  for (let ms = 1; ms <= 100; ms++) tally.add({ latencyMs: ms, write: ms <= 10, verdict: "ok" })
  tally.add({ latencyMs: 1, write: false, verdict: "not-found" })
  tally.add({ latencyMs: 1, write: true, verdict: "sold-out" })
  tally.add({ latencyMs: 1, write: false, verdict: "refused-by-carrier" })
  for (let i = 0; i < 2; i++) tally.add({ latencyMs: 1, write: true, verdict: "refused-by-cache" })
  tally.add({ latencyMs: 1, write: false, verdict: { error: "offer answered 500" } })
  const figures = tally.take()
  expect(figures).toMatchObject({ requests: 106, writes: 13, notFound: 1, soldOut: 1, refusedByCarrier: 1, errors: 1 })
  expect(figures.refusedByCache).toBe(2)
  expect(figures.errorKinds).toEqual({ "offer answered 500": 1 })
  expect(figures.latency.p50Ms).toBeCloseTo(47, 0)
  expect(figures.latency.p99Ms).toBeCloseTo(99, 0)
  expect(figures.latency.maxMs).toBeCloseTo(100, 0)
})

test("taking the figures starts anew", () => {
  const tally = new Tally()
  tally.add({ latencyMs: 5, write: false, verdict: { error: "x" } })
  tally.take()
  expect(tally.take()).toEqual({
    requests: 0,
    writes: 0,
    notFound: 0,
    soldOut: 0,
    refusedByCarrier: 0,
    refusedByCache: 0,
    errors: 0,
    errorKinds: {},
    latency: { p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 },
  })
})

test("ten kinds of errors are named, the rest are others", () => {
  const tally = new Tally()
  for (let i = 0; i < 15; i++) tally.add({ latencyMs: 1, write: false, verdict: { error: `kind ${i}` } })
  const { errors, errorKinds } = tally.take()
  expect(errors).toBe(15)
  expect(errorKinds["others"]).toBe(5)
  expect(Object.keys(errorKinds)).toHaveLength(11)
})
