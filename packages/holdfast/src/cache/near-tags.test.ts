import { expect, test } from "vitest"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { deferred } from "../internal/deferred.ts"
import { nearTier } from "../near/near-tier.ts"
import { gatedSource, overriding, testBed, type TestBed } from "./cache.fixture.ts"

const policy = { ttl: "60s", jitter: "0%" } as const
const tags = (_value: unknown, id: string): string[] => [`of:${id}`]

function bed(wrap?: Parameters<typeof testBed>[0]): TestBed {
  return testBed(wrap, { nearTier })
}

function numbered(): { readonly load: (id: string) => Promise<number> } {
  let loads = 0
  return { load: async () => (loads += 1) }
}

test("a copy is served without the store while its tags are known, and dies with them here and elsewhere", async () => {
  const { holdfast, peer } = bed()
  const { load } = numbered()
  const here = holdfast.cache({ name: "item", ...policy, load, tags })
  const there = peer().cache({ name: "item", ...policy, load, tags })
  for (const cache of [here, there, here, there]) expect(await cache.get("a")).toBe(1)
  expect(here.stats().nearHits).toBe(1)
  expect(there.stats().nearHits).toBe(1)
  await holdfast.invalidateTags(["of:a"])
  expect(await here.get("a")).toBe(2)
  expect(await there.get("a")).toBe(2)
})

test("what carries another tag is still served from here", async () => {
  const { holdfast } = bed()
  const cache = holdfast.cache({ name: "item", ...policy, load: numbered().load, tags })
  await cache.getMany(["a", "b"])
  await holdfast.invalidateTags(["of:a"])
  expect(await cache.get("b")).toBe(2)
  expect(cache.stats().nearHits).toBe(1)
})

test("clear ends all copies of its cache, and no others", async () => {
  const { holdfast } = bed()
  const { load } = numbered()
  const cache = holdfast.cache({ name: "item", ...policy, load })
  const other = holdfast.cache({ name: "other", ...policy, load })
  await cache.getMany(["a", "b"])
  await other.get("a")
  await cache.clear()
  expect(await cache.getMany(["a", "b"])).toEqual([4, 5])
  expect(await other.get("a")).toBe(3)
  expect(other.stats().nearHits).toBe(1)
})

test("from when this process begins to invalidate a tag no copy with it is served", async () => {
  const gate = deferred<void>()
  const { holdfast } = bed((store) =>
    overriding(store, { advanceTagClock: () => gate.promise.then(() => store.advanceTagClock()) }),
  )
  const cache = holdfast.cache({ name: "item", ...policy, load: numbered().load, tags })
  await cache.get("a")
  const invalidating = holdfast.invalidateTags(["of:a"])
  await cache.get("a")
  expect(cache.stats().nearHits).toBe(0)
  gate.resolve()
  await invalidating
  expect(await cache.get("a")).toBe(2)
})

test("a load that began before an invalidation of its tag leaves no copy that is served", async () => {
  const { holdfast, peer, clock } = bed()
  const source = gatedSource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: source.load, tags })
  const first = cache.get("a")
  await clock.settle()
  await peer().invalidateTags(["of:a"])
  source.calls[0]?.gate.resolve("old")
  await first
  const next = cache.get("a")
  await clock.settle()
  source.calls[1]?.gate.resolve("new")
  expect(await next).toBe("new")
})

test("while an invalidation waits for the store, no copy of what carries the tag is served or made here", async () => {
  let isOff = false
  const { holdfast, clock } = bed((store) =>
    overriding(store, {
      advanceTagClock: () =>
        isOff ? Promise.reject(new HoldfastError("STORE_UNAVAILABLE", "off.")) : store.advanceTagClock(),
    }),
  )
  const cache = holdfast.cache({ name: "item", ...policy, load: numbered().load, tags })
  await cache.get("a")
  isOff = true
  expect(await holdfast.invalidateTags(["of:a"])).toEqual({ delivered: false })
  expect([await cache.get("a"), await cache.get("a")]).toEqual([2, 3])
  isOff = false
  await clock.advance(2000)
  expect([await cache.get("a"), await cache.get("a")]).toEqual([4, 4])
})
