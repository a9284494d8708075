import { expect, test } from "vitest"
import { createRandom } from "./random.ts"
import { createZipf, scatter } from "./zipf.ts"

function countRanks(size: number, exponent: number, draws: number): number[] {
  const draw = createZipf(size, exponent, createRandom(1))
  const counts = Array.from({ length: size + 1 }, () => 0)
  for (let i = 0; i < draws; i++) {
    const rank = draw()
    counts[rank] = (counts[rank] ?? 0) + 1
  }
  return counts
}

test.each([0.5, 0.99, 1, 1.3])("ranks come with a weight of 1 / rank ** %d", (exponent) => {
  const size = 1000
  const draws = 200_000
  const counts = countRanks(size, exponent, draws)
  const total = Array.from({ length: size }, (_, index) => (index + 1) ** -exponent).reduce((sum, w) => sum + w, 0)
  for (const rank of [1, 2, 3, 10, 100]) {
    const expected = (draws * rank ** -exponent) / total
    expect(Math.abs((counts[rank] ?? 0) - expected)).toBeLessThan(5 * Math.sqrt(expected) + 1)
  }
})

test("no rank is outside 1 to size", () => {
  const draw = createZipf(3, 0.99, createRandom(7))
  const seen = new Set(Array.from({ length: 1000 }, draw))
  expect(seen).toEqual(new Set([1, 2, 3]))
  expect(createZipf(1, 0.99, createRandom(7))()).toBe(1)
})

test("the same seed draws the same ranks", () => {
  const draws = (seed: number): number[] => Array.from({ length: 50 }, createZipf(500, 0.99, createRandom(seed)))
  expect(draws(3)).toEqual(draws(3))
  expect(draws(3)).not.toEqual(draws(4))
})

test.each([208, 20_000, 50_000])("scattering %d ranks meets every id once", (size) => {
  const ids = new Set(Array.from({ length: size }, (_, index) => scatter(index + 1, size)))
  expect(ids.size).toBe(size)
  expect(Math.min(...ids)).toBe(1)
  expect(Math.max(...ids)).toBe(size)
})
