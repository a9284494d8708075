import fc from "fast-check"
import { expect, test } from "vitest"
import { jittered } from "./jitter.ts"

const drawing = (float: number) => ({ float: () => float, token: () => "" })

test("jitter only shortens, by at most its share, and never to nothing", () => {
  const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), part, part, (ms, share, draw) => {
      const result = jittered(ms, share, drawing(draw))
      expect(Number.isInteger(result)).toBe(true)
      expect(result).toBeLessThanOrEqual(ms)
      expect(result).toBeGreaterThanOrEqual(Math.max(1, ms * (1 - share) - 1e-6))
    }),
  )
})

test("the whole range is used", () => {
  expect(jittered(1_000, 0.1, drawing(0))).toBe(1_000)
  expect(jittered(1_000, 0.1, drawing(0.5))).toBe(950)
  expect(jittered(1_000, 0.1, drawing(0.999_999))).toBe(901)
  expect(jittered(0, 0.1, drawing(0.5))).toBe(0)
})
