import { expect, test } from "vitest"
import { entryAddressing } from "../entry/key.ts"
import { gatedSource } from "./cache.fixture.ts"
import { awayBed } from "./outage.fixture.ts"

const policy = { name: "product", ttl: "10s", grace: "20s", jitter: "0%" } as const

/** A cache that has read its key once; then the store goes away. */
async function readOnce(own: object = {}) {
  const bed = awayBed()
  let fails = false
  const load = async (id: string): Promise<unknown> => {
    bed.counts.loads += 1
    if (fails) throw new Error("the source is down")
    return bed.source.get(id)
  }
  const cache = bed.holdfast.cache<string, unknown>({ ...policy, load, ...own })
  await cache.get("42")
  const failSource = (): void => void (fails = true)
  const mendSource = (): void => void (fails = false)
  return { ...bed, cache, failSource, mendSource }
}

test("if store and source fail, what is held here is served, flagged stale", async () => {
  const { cache, leave, failSource, events } = await readOnce()
  leave()
  failSource()
  expect(await cache.get("42")).toEqual({ price: 10 })
  expect(await cache.getMany(["42"])).toEqual([{ price: 10 }])
  expect(cache.stats()).toMatchObject({ stale: 2, fencedStale: 2, nearHits: 0, failures: 0, loadErrors: 2 })
  expect(events.flatMap((event) => (event.name === "read" ? [event.outcome] : []))).toEqual([
    "load",
    "stale-fenced",
    "stale-fenced",
  ])
})

test("the source is asked first, each time", async () => {
  const { cache, leave, failSource, mendSource, counts, source } = await readOnce()
  leave()
  failSource()
  await cache.get("42")
  await cache.get("42")
  expect(counts.loads).toBe(3)
  mendSource()
  source.set("42", { price: 11 })
  expect(await cache.get("42")).toEqual({ price: 11 })
})

test("once the source has answered, what was held before is not served any more", async () => {
  const { cache, clock, leave, failSource } = await readOnce()
  leave()
  await cache.get("42")
  failSource()
  await clock.advance(1000)
  await expect(cache.get("42")).rejects.toThrow("the source is down")
})

test("until ttl and grace have passed, to the millisecond", async () => {
  const { cache, clock, leave, failSource } = await readOnce()
  leave()
  failSource()
  await clock.advance(29_999)
  expect(await cache.get("42")).toEqual({ price: 10 })
  await clock.advance(1)
  await expect(cache.get("42")).rejects.toThrow("the source is down")
})

test("its grace is asked for when the load has failed, not when it began", async () => {
  const { calls, load } = gatedSource<unknown>()
  const { holdfast, clock, leave } = awayBed()
  const cache = holdfast.cache({ ...policy, load })
  const first = cache.get("42")
  await clock.settle()
  calls[0]?.gate.resolve({ price: 10 })
  await first
  leave()
  await clock.advance(29_900)
  const failed = cache.get("42").catch((error: Error) => error.message)
  await clock.advance(100)
  calls[1]?.gate.reject(new Error("down"))
  expect(await failed).toBe("down")
})

test.each<[string, object, unknown]>([
  ["a cache without grace", { grace: "0s" }, { price: 10 }],
  ["a cache without near cache", { local: false }, { price: 10 }],
  ["an absence", {}, undefined],
])("%s has no last resort", async (_, own, value) => {
  const { cache, leave, failSource, source, clock } = await readOnce(own)
  if (value === undefined) source.clear()
  await cache.refresh("42")
  await clock.settle()
  leave()
  failSource()
  await expect(cache.get("42")).rejects.toThrow("the source is down")
})

test("while the store answers, a failing source is not covered up", async () => {
  const { cache, clock, coherence, failSource, memory } = await readOnce()
  coherence.vouching!.provedMs = -Infinity
  coherence.doubts.count += 1
  const address = entryAddressing("test", "product").of("42")
  await memory.invalidate(address, { mode: "drop", graceMs: 0, version: undefined, tombstoneMs: 1000 })
  failSource()
  await expect(cache.get("42")).rejects.toThrow("the source is down")
  await clock.settle()
})

test.each<[string, (bed: Awaited<ReturnType<typeof readOnce>>) => unknown]>([
  ["invalidated here", ({ cache }) => cache.invalidate("42")],
  ["written here", ({ cache }) => cache.write("42", () => ({ price: 11 }))],
  ["cleared here", ({ cache }) => cache.clear()],
  ["invalidated here by its tag", ({ holdfast }) => holdfast.invalidateTags(["a"])],
  ["heard to have changed", ({ coherence }) => coherence.tell({ is: "key", key: "test:{product:42}" })],
  ["fenced by lost data", ({ coherence, witness }) => ((witness.fence += 1), coherence)],
])("what was %s since is no last resort", async (_, change) => {
  const bed = await readOnce({ tags: () => ["a"] })
  const { cache, leave, failSource } = bed
  leave()
  failSource()
  expect(await cache.get("42")).toEqual({ price: 10 })
  await change(bed)
  await expect(cache.get("42")).rejects.toThrow("the source is down")
})

test("what the store has shown to be gone is no last resort in a later outage", async () => {
  const { cache, leave, comeBack, failSource, peer } = await readOnce()
  leave()
  comeBack()
  await peer()
    .cache<string, unknown>({ ...policy })
    .invalidate("42")
  failSource()
  await expect(cache.get("42")).rejects.toThrow("the source is down")
  leave()
  await expect(cache.get("42")).rejects.toThrow("the source is down")
})

test("nor is what has outlived its ttl here, once the store has shown that it is gone", async () => {
  const { cache, clock, memory, leave, failSource } = await readOnce()
  await clock.advance(10_000)
  expect(cache.stats().near?.entries).toBe(1)
  const address = entryAddressing("test", "product").of("42")
  await memory.invalidate(address, { mode: "drop", graceMs: 0, version: undefined, tombstoneMs: 1000 })
  failSource()
  await expect(cache.get("42")).rejects.toThrow("the source is down")
  leave()
  await expect(cache.get("42")).rejects.toThrow("the source is down")
})

test("a store that answers, but nothing of use, is not away", async () => {
  const { cache, coherence, peer, failSource } = await readOnce()
  const other = peer().cache<string, unknown>({ ...policy, shape: "2" })
  expect(await other.write("42", () => ({ price: 11 }))).toMatchObject({ stored: true })
  coherence.vouching!.provedMs = -Infinity
  coherence.doubts.count += 1
  failSource()
  await expect(cache.get("42")).rejects.toThrow("the source is down")
})
