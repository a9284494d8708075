import { createHoldfast } from "holdfast"
import { expect, test } from "vitest"
import type { CacheStats } from "../shop.ts"
import { figuresBetween, sumOf } from "./cache-figures.ts"

async function statsOfSomeReads(name: string): Promise<CacheStats> {
  await using holdfast = createHoldfast({ namespace: "figures" })
  const cache = holdfast.cache({ name, ttl: "1m", load: (id: number) => ({ id }) })
  await cache.get(1)
  return cache.stats()
}

function counted(stats: CacheStats, counts: Partial<CacheStats>): CacheStats {
  return { ...stats, ...counts }
}

test("the figures are what was counted between the two looks", async () => {
  const stats = await statsOfSomeReads("product")
  const before = counted(stats, {
    reads: 100,
    nearHits: 10,
    outageHits: 0,
    hits: 40,
    stale: 0,
    misses: 50,
    failures: 0,
  })
  const after = counted(stats, { reads: 200, nearHits: 79, outageHits: 0, hits: 52, stale: 3, misses: 64, failures: 2 })
  const [figures] = figuresBetween([before], [after])
  expect(figures).toMatchObject({ name: "product", reads: 100, nearHits: 69, hits: 12, misses: 14, failures: 2 })
  expect(figures?.answeredBy).toEqual({ near: 0.69, store: 0.15, source: 0.14, nobody: 0.02 })
  expect(figures?.hitRatio).toBeCloseTo(0.84)
})

test("a cache without reads has no shares", async () => {
  const stats = await statsOfSomeReads("product")
  expect(figuresBetween([stats], [stats])[0]).toMatchObject({ reads: 0, hitRatio: null, answeredBy: null })
  expect(sumOf([])).toBeNull()
})

test("the shares of all caches are those of all their reads, not the mean of the caches", async () => {
  const stats = await statsOfSomeReads("product")
  const none = counted(stats, { reads: 0, nearHits: 0, outageHits: 0, hits: 0, stale: 0, misses: 0, failures: 0 })
  const large = counted(none, { reads: 900, nearHits: 900 })
  const small = counted(none, { reads: 100, misses: 100, name: "offer" })
  const all = sumOf(figuresBetween([none], [large, small]))
  expect(all?.answeredBy).toEqual({ near: 0.9, store: 0, source: 0.1, nobody: 0 })
})

test("what a cache really counts is shared out without a rest", async () => {
  await using holdfast = createHoldfast({ namespace: "figures" })
  const load = (id: number): { id: number } => {
    if (id === 13) throw new Error("no")
    return { id }
  }
  const cache = holdfast.cache({ name: "product", ttl: "1m", load })
  const before = cache.stats()
  for (const id of [1, 1, 2, 1]) await cache.get(id)
  await expect(cache.get(13)).rejects.toThrow("no")
  const [figures] = figuresBetween([before], [cache.stats()])
  const { near, store, source, nobody } = figures?.answeredBy ?? { near: 0, store: 0, source: 0, nobody: 0 }
  expect({ fromMemory: near + store, source, nobody }).toEqual({ fromMemory: 0.4, source: 0.4, nobody: 0.2 })
})
