import { expect, test } from "vitest"
import { nearTier } from "../near/near-tier.ts"
import { testBed, type TestBed } from "./cache.fixture.ts"
import type { Advice } from "./advice.ts"
import { adviceOn } from "./advice.ts"
import type { ReadThroughCache } from "./cache-kinds.ts"
import { CacheStats, type CacheStatsSnapshot } from "./cache-stats.ts"

/** A cache of 2,000 reads that is worth its while: 10 ms instead of 100, nine hits of ten. */
const good: CacheStatsSnapshot = {
  ...new CacheStats().snapshot("item"),
  reads: 2000,
  hits: 1800,
  misses: 200,
  loads: 200,
  fills: 200,
  loadedKeys: 100,
  storedBytes: 200 * 400,
  hitRatio: 0.9,
  hitMeanMs: 1,
  latency: { count: 2000, meanMs: 10, p50Ms: 1, p99Ms: 100, maxMs: 100 },
  loadLatency: { count: 200, meanMs: 100, p50Ms: 100, p99Ms: 100, maxMs: 100 },
}

const latency = (meanMs: number): CacheStatsSnapshot["latency"] => ({ ...good.latency, meanMs })
const ids = ({ findings }: Advice): string[] => findings.map(({ id }) => id)

test("a cache that saves time is worth it", () => {
  expect(adviceOn(good)).toEqual({
    cache: "item",
    verdict: "worth-it",
    savedMsPerRead: 90,
    sparedLoads: 0.9,
    summary: "Worth it: a read takes 10 ms instead of 100 ms, and the source is spared 90 % of the reads.",
    findings: [],
  })
})

test("before a thousand reads, or without a load, nothing is said", () => {
  const none = { verdict: "too-early", savedMsPerRead: undefined, sparedLoads: undefined, findings: [] }
  expect(adviceOn({ ...good, reads: 999 })).toMatchObject(none)
  expect(adviceOn({ ...good, loads: 0, loadLatency: new CacheStats().snapshot("x").loadLatency })).toMatchObject(none)
  expect(adviceOn(new CacheStats().snapshot("x"))).toMatchObject(none)
})

test("loads that cost no more than a hit", () => {
  const advice = adviceOn({ ...good, loadLatency: latency(0.8), latency: latency(1.1) })
  expect(advice).toMatchObject({ verdict: "not-worth-it", savedMsPerRead: expect.closeTo(-0.3) })
  expect(ids(advice)).toEqual(["loads-are-cheap"])
  expect(advice.findings[0]?.reason).toContain("A load takes 0.80 ms, and a hit 1 ms")
})

test("a change for every second read", () => {
  expect(ids(adviceOn({ ...good, writes: 600, invalidations: 399 }))).toEqual([])
  expect(ids(adviceOn({ ...good, writes: 600, invalidations: 400 }))).toEqual(["changes-as-often-as-read"])
})

test("keys that nobody asks for twice, and entries that end before they are asked for again", () => {
  const unused = { ...good, hits: 500, misses: 1500, loads: 1500, fills: 1500 }
  expect(ids(adviceOn({ ...unused, loadedKeys: 1400 }))).toEqual(["keys-are-not-read-again"])
  expect(ids(adviceOn({ ...unused, loadedKeys: 300 }))).toEqual(["entries-end-too-soon"])
})

/** The same cache with a near cache that answers nine of ten hits; what is measured are the 380 other reads. */
const near: CacheStatsSnapshot = {
  ...good,
  nearHits: 1620,
  hits: 180,
  latency: { ...good.latency, count: 380, meanMs: 50 },
}

test("near hits, which are not measured, count among the reads that a cache makes faster", () => {
  const advice = adviceOn({ ...near, loadLatency: latency(40) })
  expect(advice).toMatchObject({ verdict: "worth-it", savedMsPerRead: 40 - (50 * 380) / 2000, findings: [] })
  expect(advice.summary).toContain("a read takes 9.5 ms instead of 40 ms")
  const nothingElse = { count: 0, meanMs: undefined, p50Ms: undefined, p99Ms: undefined, maxMs: undefined }
  const all = adviceOn({ ...near, nearHits: 2000, hits: 0, misses: 0, hitMeanMs: undefined, latency: nothingElse })
  expect(all).toMatchObject({ verdict: "worth-it", savedMsPerRead: 100, findings: [] })
  expect(all.summary).toContain("a read takes <0.01 ms")
})

test("near hits make a load that costs as much as a hit of the store dearer than a hit", () => {
  expect(ids(adviceOn({ ...near, loadLatency: latency(0.8), latency: { ...near.latency, meanMs: 1 } }))).toEqual([])
})

test("entries that only the near cache answers from are used", () => {
  const unused = { ...good, nearHits: 0, hits: 100, misses: 1900, loads: 1900, fills: 1900, loadedKeys: 100 }
  expect(ids(adviceOn(unused))).toEqual(["entries-end-too-soon"])
  expect(adviceOn({ ...unused, reads: 4000, nearHits: 1700, stale: 50, outageHits: 50 }).findings).toEqual([])
  expect(adviceOn({ ...unused, reads: 4000, nearHits: 1699, stale: 50, outageHits: 50 }).findings[0]?.reason).toContain(
    "1900 entries were stored and read 1899 times",
  )
})

test("values that are large, or too large", () => {
  expect(ids(adviceOn({ ...good, storedBytes: 200 * 100_000 }))).toEqual(["values-are-large"])
  const refused = adviceOn({ ...good, tooLarge: 3 })
  expect(refused.findings[0]?.reason).toContain("3 were too large")
})

test("a hit ratio too low for what a miss costs", () => {
  const advice = adviceOn({ ...good, hits: 400, misses: 1600, hitRatio: 0.2, latency: latency(105) })
  expect(advice.verdict).toBe("not-worth-it")
  expect(ids(advice)).toEqual(["hit-ratio-is-low"])
})

/** 1,200 reads of a key that takes so long to load. */
async function readOften(
  { holdfast, clock }: TestBed,
  name: string,
  loadMs: number,
): Promise<ReadThroughCache<string, string>> {
  const load = (key: string): Promise<string> => new Promise((resolve) => clock.setTimeout(() => resolve(key), loadMs))
  const cache = holdfast.cache({ name, ttl: "1h", load })
  for (let read = 0; read < 1200; read += 1) await clock.runUntil(cache.get(`k${read % 20}`), 10_000)
  return cache
}

test("advise() judges a cache as it is by default, with its near cache, by all of its reads", async () => {
  const bed = testBed((store) => store, { nearTier })
  const cache = await readOften(bed, "near", 50)
  expect(cache.stats().nearHits).toBeGreaterThan(1000)
  const [advice] = bed.holdfast.advise()
  expect(advice).toMatchObject({ verdict: "worth-it", findings: [] })
  expect(advice?.savedMsPerRead).toBeCloseTo(50 - (20 * 50) / 1200, 0)
})

test("advise() judges every cache by what it measured", async () => {
  const bed = testBed()
  await readOften(bed, "slow", 50)
  bed.holdfast.cache({ name: "unused", ttl: "1h", load: async (id: string) => id })
  const [slow, unused] = bed.holdfast.advise()
  expect(slow).toMatchObject({ cache: "slow", verdict: "worth-it", findings: [] })
  expect(slow?.savedMsPerRead).toBeCloseTo(50 - (20 * 50) / 1200, 0)
  expect(slow?.sparedLoads).toBeCloseTo(1180 / 1200)
  expect(unused).toMatchObject({ cache: "unused", verdict: "too-early" })
})
