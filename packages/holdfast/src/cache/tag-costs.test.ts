import { expect, test } from "vitest"
import type { Store } from "../contracts/store.ts"
import { counting, testBed, unheard, type CallCount, type TestBed } from "./cache.fixture.ts"

const policy = { ttl: "60s", jitter: "0%", local: false } as const

function countedBed(): { readonly bed: TestBed; readonly count: CallCount } {
  let count: CallCount | undefined
  const wrap = (store: Store): Store => {
    const counted = counting(unheard(store))
    count = counted.count
    return counted.store
  }
  const bed = testBed(wrap)
  if (count === undefined) throw new Error("the store was not wrapped")
  return { bed, count }
}

test("a tag of 10,000 entries is invalidated by one tick of the clock and one command, and all of them are misses", async () => {
  const { bed, count } = countedBed()
  const ids = Array.from({ length: 10_000 }, (_, n) => n)
  const load = async (id: number): Promise<number> => id
  const cache = bed.holdfast.cache({ name: "item", ...policy, load, tags: () => ["all", "other"] })
  await cache.getMany(ids)
  expect(cache.stats().fills).toBe(10_000)
  count.reset()
  await bed.holdfast.invalidateTags(["all"])
  expect(Object.fromEntries(count.calls)).toEqual({ advanceTagClock: 1, invalidateTag: 1 })
  count.reset()
  await bed.holdfast.invalidateTags(["all", "other", "unheard"])
  expect(Object.fromEntries(count.calls)).toEqual({ advanceTagClock: 1, invalidateTag: 3 })
  const { hits } = cache.stats()
  await cache.getMany(ids)
  expect(cache.stats().hits).toBe(hits)
}, 60_000)

test("what many tags of one call cost grows with their number and not faster", async () => {
  const { bed } = countedBed()
  const tags = Array.from({ length: 200_000 }, (_, n) => `tag${n}`)
  // A search among those that the store was told of, for each of them, takes longer than a test may.
  expect(await bed.holdfast.invalidateTags(tags)).toEqual({ delivered: true })
})

test("clear is one tick of the clock and one command", async () => {
  const { bed, count } = countedBed()
  const cache = bed.holdfast.cache({ name: "item", ...policy, load: async (id: number) => id })
  await cache.getMany([1, 2, 3])
  count.reset()
  await cache.clear()
  expect(Object.fromEntries(count.calls)).toEqual({ advanceTagClock: 1, invalidateTag: 1 })
})

test("to invalidate no tags costs nothing", async () => {
  const { bed, count } = countedBed()
  expect(await bed.holdfast.invalidateTags([])).toEqual({ delivered: true })
  expect(count.calls.size).toBe(0)
})

test("hits of one turn look at a tag once, however many entries carry it", async () => {
  const { bed, count } = countedBed()
  const cache = bed.holdfast.cache({ name: "item", ...policy, load: async (id: number) => id, tags: () => ["t"] })
  await cache.getMany([1, 2, 3, 4])
  count.reset()
  await cache.getMany([1, 2, 3, 4])
  expect(Object.fromEntries(count.calls)).toEqual({ look: 4, lookTags: 2 })
})

test("a fill whose tags are there sends nothing for them, and the clock is not read for each load", async () => {
  const { bed, count } = countedBed()
  const load = async (id: number): Promise<number> => id
  const cache = bed.holdfast.cache({ name: "item", ...policy, load, tags: () => ["t"] })
  await cache.get(1)
  expect(Object.fromEntries(count.calls)).toMatchObject({ readTagClock: 2, beginTag: 2, completeTag: 2 })
  count.reset()
  await cache.getMany([2, 3, 4])
  expect(Object.fromEntries(count.calls)).toEqual({ look: 3, lookTags: 1, lease: 3, fill: 3 })
  await bed.clock.advance(59_000)
  count.reset()
  await cache.get(5)
  expect(Object.fromEntries(count.calls)).toEqual({ look: 1, lookTags: 1, lease: 1, readTagClock: 1, fill: 1 })
})

test("loads that start together make their tags together", async () => {
  const { bed, count } = countedBed()
  const load = async (id: number): Promise<number> => id
  const cache = bed.holdfast.cache({ name: "item", ...policy, load, tags: () => ["t"] })
  await cache.getMany([1, 2, 3, 4, 5])
  expect(Object.fromEntries(count.calls)).toMatchObject({ beginTag: 2, completeTag: 2 })
  expect(count.calls.get("readTagClock")).toBeLessThanOrEqual(3)
})

test("a tag that is found to be later than a load costs one more load, in a process that hears nothing of the clock", async () => {
  const { bed } = countedBed()
  const load = async (id: string): Promise<string> => id
  const cache = bed.holdfast.cache({
    name: "item",
    ...policy,
    load,
    tags: (_value, id) => (id === "warm" ? [] : ["t"]),
  })
  await cache.get("warm")
  const elsewhere = bed.peer()
  const other = elsewhere.cache({ name: "other", ...policy, load, tags: () => ["t"] })
  await elsewhere.invalidateTags(["x"])
  for (let read = 0; read < 2; read += 1) await other.get("a")
  const { loads } = cache.stats()
  for (let read = 0; read < 4; read += 1) await cache.get("a")
  expect(cache.stats().loads - loads).toBe(2)
})
