import { expect, test } from "vitest"
import { deferred } from "../internal/deferred.ts"
import { counting, gatedSource, overriding, testBed, unheard, type CallCount } from "./cache.fixture.ts"

const policy = { ttl: "60s", jitter: "0%", local: false } as const
const category = (): string[] => ["category:7"]

interface Row {
  readonly category: number
  readonly version: number
}

const tagged = (row: Row | undefined): string[] | undefined => row && [`category:${row.category}`]

test("an entry is a miss in every process once one of its tags has been invalidated, and others stay", async () => {
  const { holdfast, peer } = testBed()
  const elsewhere = peer()
  let version = 1
  const options = {
    name: "product",
    ...policy,
    load: async (id: string) => ({ category: id === "a" ? 7 : 8, version }),
    tags: tagged,
  }
  const here = holdfast.cache(options)
  const there = elsewhere.cache(options)
  await here.getMany(["a", "b"])
  version = 2
  expect(await elsewhere.invalidateTags(["category:7"])).toEqual({ delivered: true })
  expect(await here.getMany(["a", "b"])).toMatchObject([{ version: 2 }, { version: 1 }])
  expect(await there.getMany(["a", "b"])).toMatchObject([{ version: 2 }, { version: 1 }])
  expect(there.stats()).toMatchObject({ loads: 0, hits: 2 })
})

test("a load whose tags are known only afterwards does not bring back what was invalidated while it ran", async () => {
  const { holdfast, peer, clock } = testBed()
  const source = gatedSource<Row>()
  const cache = holdfast.cache({ name: "product", ...policy, load: source.load, tags: tagged })
  const first = cache.get("a")
  await clock.settle()
  await peer().invalidateTags(["category:7"])
  source.calls[0]?.gate.resolve({ category: 7, version: 1 })
  expect(await first).toEqual({ category: 7, version: 1 })
  const second = cache.get("a")
  await clock.settle()
  source.calls[1]?.gate.resolve({ category: 7, version: 2 })
  expect(await second).toEqual({ category: 7, version: 2 })
  expect(await cache.get("a")).toEqual({ category: 7, version: 2 })
  expect(source.calls).toHaveLength(2)
})

test("a caller who came during such a load does not get its value, although it was stored", async () => {
  const { holdfast, peer, clock } = testBed()
  const source = gatedSource<Row>()
  const cache = holdfast.cache({ name: "product", ...policy, load: source.load, tags: tagged })
  await cache.invalidate("warm")
  const warm = cache.get("b")
  await clock.settle()
  source.calls[0]?.gate.resolve({ category: 7, version: 0 })
  await warm
  const first = cache.get("a")
  await clock.settle()
  await peer().invalidateTags(["category:7"])
  const joining = [cache.get("a"), cache.get("a")]
  await clock.settle()
  expect(source.calls).toHaveLength(2)
  source.calls[1]?.gate.resolve({ category: 7, version: 1 })
  await first
  await clock.settle()
  expect(cache.stats().fills).toBe(2)
  expect(source.calls).toHaveLength(3)
  source.calls[2]?.gate.resolve({ category: 7, version: 2 })
  expect(await Promise.all(joining)).toMatchObject([{ version: 2 }, { version: 2 }])
})

test("callers who came during a load share it while none of its tags is invalidated, with one look at them for all", async () => {
  let count: CallCount | undefined
  const { holdfast, clock } = testBed((store) => {
    const counted = counting(store)
    count = counted.count
    return counted.store
  })
  const source = gatedSource<Row>()
  const cache = holdfast.cache({ name: "product", ...policy, load: source.load, tags: tagged })
  const first = cache.get("a")
  await clock.settle()
  const joining = Array.from({ length: 50 }, () => cache.get("a"))
  await clock.settle()
  count?.reset()
  source.calls[0]?.gate.resolve({ category: 7, version: 1 })
  expect(new Set(await Promise.all([first, ...joining]))).toHaveLength(1)
  expect(count?.calls.get("lookTags")).toBe(2)
  expect(source.calls).toHaveLength(1)
})

test("when a process begins to invalidate tags, and when it has, its callers board no load that is under way, of any cache", async () => {
  const gate = deferred<void>()
  const { holdfast, clock } = testBed((store) =>
    overriding(store, { advanceTagClock: () => gate.promise.then(() => store.advanceTagClock()) }),
  )
  const source = gatedSource<string>()
  const cache = holdfast.cache({ name: "product", ...policy, load: source.load })
  const answers = [cache.get("a")]
  await clock.settle()
  const invalidating = holdfast.invalidateTags(["category:7"])
  answers.push(cache.get("a"))
  await clock.settle()
  expect(cache.stats()).toMatchObject({ coalesced: 0, waits: 1 })
  gate.resolve()
  await invalidating
  answers.push(cache.get("a"))
  await clock.settle()
  expect(cache.stats().coalesced).toBe(0)
  for (let n = 0; n < 3; n += 1) {
    source.calls[n]?.gate.resolve(`v${n}`)
    await clock.settle()
  }
  expect(await Promise.all(answers)).toEqual(["v0", "v1", "v1"])
})

test("a load that began while tags were being invalidated is boarded by nobody once they have been", async () => {
  const gate = deferred<void>()
  const { holdfast, clock } = testBed((store) =>
    overriding(store, { advanceTagClock: () => gate.promise.then(() => store.advanceTagClock()) }),
  )
  const source = gatedSource<string>()
  const cache = holdfast.cache({ name: "product", ...policy, load: source.load })
  const invalidating = holdfast.invalidateTags(["category:7"])
  const answers = [cache.get("a")]
  await clock.settle()
  gate.resolve()
  await invalidating
  answers.push(cache.get("a"))
  await clock.settle()
  expect(cache.stats()).toMatchObject({ coalesced: 0, waits: 1 })
  for (const n of [0, 1]) {
    source.calls[n]?.gate.resolve(`v${n}`)
    await clock.settle()
  }
  await Promise.all(answers)
})

test("a write that began before the invalidation of a tag of its value leaves nothing that is served", async () => {
  const { holdfast, peer, clock } = testBed(unheard)
  const cache = holdfast.cache({ name: "product", ...policy, load: async (_id: string) => "loaded", tags: category })
  await cache.get("a")
  const gate = deferred<string>()
  const writing = cache.write("a", () => gate.promise)
  await clock.settle()
  await peer().invalidateTags(["category:7"])
  await clock.advance(1500)
  gate.resolve("written")
  await writing
  expect(await cache.get("a")).toBe("loaded")
})

test("a write stores its value under its tags", async () => {
  const { holdfast, peer } = testBed()
  const cache = holdfast.cache({ name: "product", ...policy, load: async (_id: string) => "loaded", tags: category })
  expect(await cache.write("a", () => "written")).toMatchObject({ stored: true, delivered: true })
  expect(await cache.get("a")).toBe("written")
  await peer().invalidateTags(["category:7"])
  expect(await cache.get("a")).toBe("loaded")
})

test("a put of a versioned value that was read before a tag of it was invalidated is not served", async () => {
  const { holdfast, peer } = testBed()
  let version = 1
  const cache = holdfast.cache({
    name: "product",
    ...policy,
    load: async (_id: string) => ({ category: 7, version }),
    version: (row) => row.version,
    tags: tagged,
  })
  await cache.get("a")
  version = 3
  await peer().invalidateTags(["category:7"])
  await cache.put("a", { category: 7, version: 2 })
  expect(await cache.get("a")).toMatchObject({ version: 3 })
  expect(await cache.put("a", { category: 7, version: 4 })).toMatchObject({ stored: true })
  expect(await cache.get("a")).toMatchObject({ version: 4 })
})

test("a value that is filled by hand counts as read when lookup answered the miss", async () => {
  const { holdfast, peer, clock } = testBed()
  const cache = holdfast.cache<string, string>({ name: "product", ...policy, tags: category })
  const early = await cache.lookup("a")
  await peer().invalidateTags(["category:7"])
  await clock.advance(1500)
  if (!early.hit) await early.fill("old")
  const late = await cache.lookup("a")
  expect(late.hit).toBe(false)
  if (!late.hit) expect(await late.fill("new")).toBe(true)
  expect(await cache.peek("a")).toBe("new")
})

test("absences carry the tags that are given for undefined", async () => {
  const { holdfast, peer } = testBed()
  const row: { now: string | undefined } = { now: undefined }
  const load = async (_id: string): Promise<string | undefined> => row.now
  const cache = holdfast.cache({ name: "product", ...policy, load, tags: (value) => [value ?? "none"] })
  expect(await cache.get("a")).toBeUndefined()
  row.now = "there"
  expect(await cache.get("a")).toBeUndefined()
  await peer().invalidateTags(["none"])
  expect(await cache.get("a")).toBe("there")
})

test("tags are not asked for an absence that is not remembered", async () => {
  const { holdfast } = testBed()
  const asked: unknown[] = []
  const load = async (_id: string): Promise<string | undefined> => undefined
  const tags = (value: string | undefined): string[] => {
    asked.push(value)
    return []
  }
  await holdfast.cache({ name: "product", ...policy, negativeTtl: false, load, tags }).get("a")
  expect(asked).toEqual([])
})

test("an entry past its ttl that is dead by a tag is neither served stale nor given to the loader", async () => {
  const { holdfast, peer, clock } = testBed()
  const previous: unknown[] = []
  let version = 0
  const load = async (_id: string, context: { readonly previous: unknown }): Promise<number> => {
    previous.push(context.previous)
    version += 1
    return version
  }
  const cache = holdfast.cache({ name: "product", ...policy, ttl: "1s", grace: "60s", load, tags: category })
  await cache.get("a")
  await clock.advance(2000)
  await peer().invalidateTags(["category:7"])
  expect(await cache.get("a")).toBe(2)
  expect(previous).toEqual([undefined, undefined])
  expect(cache.stats()).toMatchObject({ stale: 0, deadByTag: 1 })
})

test("refresh, an early refresh and a background refresh record the clock of their own load", async () => {
  const { holdfast, peer, clock } = testBed()
  const source = gatedSource<string>()
  const cache = holdfast.cache({
    name: "product",
    ...policy,
    ttl: "1s",
    grace: "60s",
    load: source.load,
    tags: category,
  })
  const first = cache.get("a")
  await clock.settle()
  source.calls[0]?.gate.resolve("v1")
  await first
  await clock.advance(2000)
  expect(await cache.get("a")).toBe("v1")
  await clock.settle()
  await peer().invalidateTags(["category:7"])
  source.calls[1]?.gate.resolve("old")
  await clock.settle()
  const next = cache.get("a")
  await clock.settle()
  source.calls[2]?.gate.resolve("new")
  expect(await next).toBe("new")
})

test("an old entry that LEASE answers is not waited for while its tags cannot be read: the source answers", async () => {
  let looks = 0
  const { memory, peer, clock } = testBed()
  const here = peer(
    overriding(memory, {
      lookTags: (tags) => (++looks > 2 ? Promise.reject(new Error("off")) : memory.lookTags(tags)),
    }),
  )
  const source = gatedSource<string>()
  const options = { name: "product", ...policy, ttl: "1s", grace: "60s", tags: category } as const
  const there = peer().cache({ ...options, load: source.load })
  const first = there.get("a")
  await clock.settle()
  source.calls[0]?.gate.resolve("v1")
  await first
  await clock.advance(2000)
  await there.get("a")
  expect(source.calls).toHaveLength(2)
  expect(await here.cache({ ...options, load: async (_id: string) => "v2" }).get("a")).toBe("v2")
})
