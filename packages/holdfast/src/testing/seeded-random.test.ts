import { expect, test } from "vitest"
import { seededRandom } from "./seeded-random.ts"

test("the same seed gives the same draws, another seed gives others", () => {
  const draws = (seed: number): unknown[] => {
    const random = seededRandom(seed)
    return [random.float(), random.token(), random.float(), random.token()]
  }
  expect(draws(1)).toEqual(draws(1))
  expect(draws(1)).not.toEqual(draws(2))
})

test("floats fill [0, 1) evenly and tokens are 32 hex characters that do not repeat", () => {
  const random = seededRandom(7)
  const buckets = [0, 0, 0, 0]
  for (let draw = 0; draw < 4000; draw++) buckets[Math.floor(random.float() * 4)]!++
  for (const count of buckets) expect(Math.abs(count - 1000)).toBeLessThan(120)
  const tokens = Array.from({ length: 1000 }, () => random.token())
  expect(new Set(tokens).size).toBe(1000)
  for (const token of tokens) expect(token).toMatch(/^[0-9a-f]{32}$/)
})
