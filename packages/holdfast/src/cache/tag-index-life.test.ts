import { expect, test } from "vitest"
import type { Store } from "../contracts/store.ts"
import { tagAddress, tagClockAddress } from "../entry/tag-address.ts"
import { overriding, testBed } from "./cache.fixture.ts"
import { isComplete, listed, slackMs } from "./tag-index.fixture.ts"

const policy = { ttl: "60s", jitter: "0%", local: false } as const
const index = tagAddress("test", "t").index

test("an entry is listed until it has ended, and an entry of a short life ends none of a long one", async () => {
  const { holdfast, clock } = testBed()
  const load = async (id: string, { entry }: { entry: { ttl(duration: `${number}s`): void } }): Promise<string> => {
    entry.ttl(id === "short" ? "1s" : "60s")
    return id
  }
  const cache = holdfast.cache({ name: "item", ...policy, grace: "10s", index: true, tags: () => ["t"], load })
  await cache.get("long")
  await cache.get("short")
  await clock.advance(11_000)
  expect(await cache.explain("short")).toMatchObject({ state: "stale" })
  expect(await listed(holdfast)).toEqual(["item long", "item short"])
  await clock.advance(slackMs + 1)
  expect(await listed(holdfast)).toEqual(["item long"])
  await clock.advance(60_000)
  expect(await listed(holdfast)).toEqual([])
})

test.each([
  ["a fill that comes late, but under a lease that is extended", 1500, "get"],
  ["a fill by hand that comes when the lease is about to end", 25_000, "lookup"],
] as const)("%s stores an entry that is listed until it has ended", async (_what, lateMs, how) => {
  const { store, peer, clock } = testBed()
  const fill: Store["fill"] = async (grant, entry) => {
    await clock.advance(lateMs)
    return store.fill(grant, entry)
  }
  const holdfast = peer(overriding(store, { fill }))
  const cache = holdfast.cache({
    name: "item",
    ...policy,
    index: true,
    tags: () => ["t"],
    load: async (id: string) => id,
  })
  if (how === "get") await cache.get("a")
  else {
    const miss = await cache.lookup("a")
    expect(miss.hit || (await miss.fill("a"))).toBe(true)
  }
  await clock.advance(60_000)
  expect(await cache.explain("a")).toMatchObject({ keptForMs: 0 })
  expect(await listed(holdfast)).toEqual(["item a"])
})

test("an entry that slides is listed for as long as it may slide", async () => {
  const { holdfast, clock } = testBed()
  const cache = holdfast.cache({
    name: "item",
    ...policy,
    sliding: { absoluteTtl: "10m" },
    index: true,
    tags: () => ["t"],
    load: async (id: string) => id,
  })
  await cache.get("a")
  for (let minute = 0; minute < 19; minute += 1) {
    await clock.advance(30_000)
    await cache.get("a")
    expect(cache.stats().loads).toBe(1)
    expect(await listed(holdfast)).toEqual(["item a"])
  }
  await clock.advance(30_000 + slackMs + 1)
  expect(await listed(holdfast)).toEqual([])
})

test("an entry that is found unchanged stays listed by all the tags that it carries", async () => {
  const { holdfast, clock } = testBed()
  const cache = holdfast.cache({
    name: "item",
    ...policy,
    grace: "60s",
    index: true,
    tags: () => ["t"],
    load: async (_id: string, { entry, previous }) => {
      if (previous !== undefined) return entry.unchanged()
      entry.tags("given")
      return "value"
    },
  })
  await cache.get("a")
  for (let round = 0; round < 3; round += 1) {
    await clock.advance(61_000)
    await cache.get("a")
    await clock.settle()
    expect(cache.stats().unchanged).toBe(round + 1)
  }
  expect(await listed(holdfast)).toEqual(["item a"])
  expect(await listed(holdfast, "given")).toEqual(["item a"])
})

test("entries that come and go leave no more in an index than live, and what waits to be taken out", async () => {
  const { holdfast, clock, memory } = testBed()
  const load = async (id: number): Promise<number> => id
  const cache = holdfast.cache({ name: "item", ...policy, ttl: "10s", index: true, tags: () => ["t"], load })
  const tag = tagAddress("test", "t")
  for (let id = 0; id < 2000; id += 1) {
    await cache.get(id)
    await clock.advance(100)
    const page = await memory.tagIndex?.listedEntries(tag, { afterMs: undefined, limit: 10_000 })
    expect(page?.entries.length).toBeLessThanOrEqual(122)
  }
  await clock.advance(20_000)
  expect(await memory.tagIndex?.listedEntries(tag, { afterMs: undefined, limit: 1 })).toMatchObject({
    birth: undefined,
  })
})

test("a new index is complete once everything has ended that may have been stored before it", async () => {
  const { holdfast, clock } = testBed()
  const load = async (id: string): Promise<string> => id
  const cache = holdfast.cache({ name: "item", ...policy, index: true, tags: () => ["t"], load })
  expect(await isComplete(holdfast)).toBe(true)
  const listing = holdfast.listTag("t")
  expect(listing.complete).toBeUndefined()
  await cache.get("a")
  expect(await isComplete(holdfast)).toBe(false)
  await clock.advance(40_000)
  await cache.get("b")
  expect(await isComplete(holdfast)).toBe(false)
  await clock.advance(20_000 + slackMs + 1)
  expect(await isComplete(holdfast)).toBe(true)
})

test("an index that was lost is not complete until whatever it lacks has ended, however long that lives", async () => {
  const { holdfast, clock, memory } = testBed()
  const cache = holdfast.cache({
    name: "item",
    ...policy,
    index: true,
    tags: () => ["t"],
    load: async (id: string, { entry }) => {
      if (id === "long") entry.ttl("10m")
      return id
    },
  })
  await cache.get("first")
  await cache.get("long")
  memory.evict(index)
  expect(await isComplete(holdfast)).toBe(false)
  for (let second = 0; second < 600 + slackMs / 1000; second += 30) {
    await cache.get(`short ${second}`)
    expect(await isComplete(holdfast)).toBe(false)
    expect((await cache.peek("long")) !== undefined).toBe(second < 600)
    await clock.advance(30_000)
  }
  await cache.get("late")
  await clock.advance(1)
  expect(await isComplete(holdfast)).toBe(true)
})

test("an index is whole although its tag is lost, half-made or invalidated", async () => {
  const { holdfast, clock, memory } = testBed()
  const load = async (id: string): Promise<string> => id
  const cache = holdfast.cache({ name: "item", ...policy, index: true, tags: () => ["t"], load })
  const tag = tagAddress("test", "t")
  await cache.get("a")
  await clock.advance(50_000)
  await cache.get("b")
  await clock.advance(20_000)
  await cache.get("c")
  expect(await isComplete(holdfast)).toBe(true)
  memory.evict(tag.key)
  expect(await isComplete(holdfast)).toBe(true)
  await memory.beginTag(tag, { incarnation: "0".repeat(32), era: "1".repeat(32), keepMs: 60_000 })
  expect(await isComplete(holdfast)).toBe(true)
  await holdfast.invalidateTags(["t"])
  expect(await isComplete(holdfast)).toBe(true)
  expect(await listed(holdfast)).toEqual(["item b", "item c"])
})

test("an index is not complete while its tag is of an era whose longest life was lost with the clock", async () => {
  const { holdfast, clock, memory } = testBed()
  const load = async (id: string): Promise<string> => id
  const cache = holdfast.cache({ name: "item", ...policy, index: true, tags: () => ["t"], load })
  await cache.get("a")
  memory.evict(tagClockAddress("test").key)
  memory.evict(index)
  expect(await cache.peek("a")).toBe("a")
  expect(await isComplete(holdfast)).toBe(false)
  await holdfast.invalidateTags(["t"])
  expect(await cache.peek("a")).toBeUndefined()
  expect(await isComplete(holdfast)).toBe(true)
  for (let attempt = 0; attempt < 3; attempt += 1) await cache.get("a")
  expect(await listed(holdfast, "t", { verify: true })).toEqual(["item a"])
  expect(await isComplete(holdfast)).toBe(false)
  await clock.advance(59_000)
  for (let attempt = 0; attempt < 3; attempt += 1) await cache.get("b")
  await clock.advance(1001 + slackMs)
  expect(await isComplete(holdfast)).toBe(true)
})

test("an index that is lost while it is listed makes the listing incomplete", async () => {
  const { holdfast, clock, memory } = testBed()
  const load = async (id: number): Promise<number> => id
  const cache = holdfast.cache({ name: "item", ...policy, index: true, tags: () => ["t"], load })
  for (const round of [0, 1]) {
    for (let id = 0; id < 10; id += 1) await cache.refresh(round * 10 + id)
    await clock.advance(59_000 + slackMs)
  }
  for (let id = 20; id < 30; id += 1, await clock.advance(1)) await cache.get(id)
  expect(await isComplete(holdfast)).toBe(true)
  const listing = holdfast.listTag("t", { batch: 2 })
  let count = 0
  for await (const each of listing) {
    expect(each.cache).toBe("item")
    count += 1
    if (count === 3) memory.evict(index)
  }
  expect(listing.complete).toBe(false)
})
