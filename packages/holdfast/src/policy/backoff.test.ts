import * as fc from "fast-check"
import { expect, test } from "vitest"
import { seededRandom } from "../testing/seeded-random.ts"
import { backoff } from "./backoff.ts"

const drawing = (value: number) => ({ float: () => value, token: () => "" })

test("the ceiling doubles up to the cap and starts over after a reset", () => {
  const waits = backoff({ random: drawing(0.999999), baseMs: 50, capMs: 300 })
  const ceilings = () => Array.from({ length: 5 }, () => Math.round(waits.nextMs()))
  expect(ceilings()).toEqual([50, 100, 200, 300, 300])
  waits.reset()
  expect(ceilings()).toEqual([50, 100, 200, 300, 300])
})

test("every wait lies between 0 and the cap, however often it fails, and waits are spread", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const waits = backoff({ random: seededRandom(seed), baseMs: 50, capMs: 2000 })
      const drawn = Array.from({ length: 2000 }, () => waits.nextMs())
      expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...drawn)).toBeLessThan(2000)
      expect(drawn.filter((waitMs) => waitMs < 1000).length / drawn.length).toBeCloseTo(0.5, 1)
    }),
    { numRuns: 20 },
  )
})
