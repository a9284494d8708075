import { expect, test } from "vitest"
import { nearTier } from "../near/near-tier.ts"
import { counting, gatedSource, overriding, testBed, unheard, type CallCount, type TestBed } from "./cache.fixture.ts"
import { numbered, policy } from "./groups.fixture.ts"

/** A process whose calls of the store are counted. */
function counted(): TestBed & { readonly count: CallCount } {
  let count: CallCount | undefined
  const bed = testBed((store) => {
    const both = counting(store)
    count = both.count
    return both.store
  })
  return { ...bed, count: count as CallCount }
}

test("to invalidate a group costs one step of the tag clock and one command, however many entries it has", async () => {
  const { holdfast, count } = counted()
  const carts = holdfast.cache(numbered("cart", { change: 1 }))
  await carts.getMany(Array.from({ length: 50 }, (_, at) => `123:${at}`))
  count.reset()
  await holdfast.invalidateGroup("user:123")
  expect([...count.calls]).toEqual([
    ["advanceTagClock", 1],
    ["invalidateTag", 1],
  ])
})

test("the tag of a group is made beside the load, and stays for those that follow", async () => {
  const { holdfast, clock, count } = counted()
  const source = gatedSource<string>()
  const cache = holdfast.cache({ ...policy, name: "cart", load: source.load, group: () => "user:123" })
  const first = cache.get("a")
  await clock.settle()
  expect(count.calls.get("completeTag")).toBe(2)
  source.calls[0]?.gate.resolve("a")
  await first
  count.reset()
  const second = cache.get("b")
  await clock.settle()
  source.calls[1]?.gate.resolve("b")
  await second
  expect(count.calls.has("beginTag")).toBe(false)
})

test("what is invalidated elsewhere during the first load of a group does not keep it from being stored", async () => {
  const { holdfast, clock } = testBed()
  const source = gatedSource<string>()
  const cache = holdfast.cache({ ...policy, name: "cart", load: source.load, group: (id: string) => `user:${id}` })
  const first = cache.get("1")
  await clock.settle()
  await holdfast.invalidateGroup("user:2")
  source.calls[0]?.gate.resolve("a")
  await first
  expect(await cache.get("1")).toBe("a")
  expect(source.calls).toHaveLength(1)
})

test("once the tag of a group is there, no load of it reads the clock anew", async () => {
  let count: CallCount | undefined
  const { holdfast } = testBed((store) => {
    const both = counting(unheard(store))
    count = both.count
    return both.store
  })
  const cache = holdfast.cache(numbered("cart", { change: 1 }))
  await cache.get("1:a")
  count?.reset()
  await cache.get("1:b")
  expect([...(count?.calls.keys() ?? [])]).toEqual(["look", "lookTags", "lease", "fill"])
})

test("neither does what was invalidated a moment before, in a process that hears nothing of it", async () => {
  const { holdfast, peer } = testBed(unheard)
  const cache = holdfast.cache(numbered("cart", { change: 1 }))
  await cache.get("1:a")
  await peer().invalidateGroup("user:3")
  for (let read = 0; read < 2; read += 1) await cache.get("2:a")
  expect(cache.stats()).toMatchObject({ loads: 2, hits: 1, refusedFills: 0 })
})

test("a value whose group is found to be later than its load is not stored, and that of the next load is", async () => {
  const bed = testBed((store) =>
    overriding(unheard(store), {
      beginTag: async (tag, request) => {
        if (tag.isOfGroup) await store.advanceTagClock()
        return store.beginTag(tag, request)
      },
    }),
  )
  const source = gatedSource<string>()
  const cache = bed.holdfast.cache({ ...policy, name: "cart", load: source.load, group: () => "user:1" })
  for (let read = 0; read < 3; read += 1) {
    const reading = cache.get("a")
    await bed.clock.settle()
    source.calls[read]?.gate.resolve("a")
    await reading
  }
  expect(cache.stats()).toMatchObject({ loads: 2, hits: 1, refusedFills: 1, deadByTag: 0 })
})

test("to invalidate a group leaves loads of other groups to be shared", async () => {
  const { holdfast, clock } = testBed()
  const source = gatedSource<string>()
  const cache = holdfast.cache({ ...policy, name: "cart", load: source.load, group: (id: string) => `user:${id}` })
  const first = cache.get("1")
  await clock.settle()
  await holdfast.invalidateGroup("user:2")
  const second = cache.get("1")
  await clock.settle()
  source.calls[0]?.gate.resolve("a")
  expect(await Promise.all([first, second])).toEqual(["a", "a"])
  expect(cache.stats()).toMatchObject({ loads: 1, coalesced: 1 })
})

test("a near cache serves entries of as many groups as it has room for", async () => {
  const { holdfast } = testBed(undefined, { nearTier })
  const ids = Array.from({ length: 10_100 }, (_, at) => String(at))
  const local = { maxEntries: ids.length, maxStaleness: "1h" } as const
  const cache = holdfast.cache({ ...numbered("cart", { change: 1 }), local })
  for (let round = 0; round < 3; round += 1) await cache.getMany(ids)
  const { nearHits } = cache.stats()
  await cache.getMany(ids)
  expect(cache.stats().nearHits - nearHits).toBe(ids.length)
}, 60_000)

test("the first loads of many groups share one read of the clock before their tags are completed", async () => {
  const { holdfast, count } = counted()
  const cache = holdfast.cache(numbered("cart", { change: 1 }))
  await cache.get("warm")
  count.reset()
  await cache.getMany(Array.from({ length: 50 }, (_, at) => `${at}:a`))
  expect(Object.fromEntries(count.calls)).toMatchObject({ beginTag: 50, completeTag: 50, fill: 50, readTagClock: 1 })
})
