import { expect, test } from "vitest"
import { LatencyHistogram } from "./latency.ts"

test("quantiles are within nine per cent of the exact ones", () => {
  const histogram = new LatencyHistogram()
  const values = Array.from({ length: 10_000 }, (_, index) => 0.01 * 1.001 ** index)
  for (const value of values) histogram.record(value)
  const { count, meanMs, p50Ms, p99Ms, maxMs } = histogram.summary()
  expect(meanMs).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / 10_000, 6)
  expect(count).toBe(10_000)
  expect((p50Ms ?? 0) / (values[4_999] ?? 1)).toBeLessThan(1.1)
  expect((p99Ms ?? 0) / (values[9_899] ?? 1)).toBeGreaterThan(0.91)
  expect((p99Ms ?? 0) / (values[9_899] ?? 1)).toBeLessThan(1.1)
  expect(maxMs).toBe(values[9_999])
})

test("nothing measured is undefined, not zero", () => {
  expect(new LatencyHistogram().summary()).toEqual({
    count: 0,
    meanMs: undefined,
    p50Ms: undefined,
    p99Ms: undefined,
    maxMs: undefined,
  })
})
