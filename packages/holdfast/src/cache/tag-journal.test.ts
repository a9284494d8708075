import { expect, test } from "vitest"
import type { Store } from "../contracts/store.ts"
import type { TagClock } from "../contracts/tag-store.ts"
import type { TagAddress } from "../entry/tag-address.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { gatedSource, overriding, testBed, type TestBed } from "./cache.fixture.ts"

const policy = { ttl: "60m", jitter: "0%", local: false } as const
const away = (): HoldfastError => new HoldfastError("STORE_UNAVAILABLE", "off.")

interface Scene extends TestBed {
  /** Which of the two steps of an invalidation fails. */
  readonly fails: { tick: boolean; tag: boolean }
  readonly told: { readonly key: string; readonly clock: TagClock }[]
}

/** A process that cannot tell the store of tags, beside others that can do everything. */
function scene(): Scene {
  const fails = { tick: false, tag: false }
  const told: Scene["told"] = []
  const wrap = (store: Store): Store =>
    overriding(store, {
      advanceTagClock: () => (fails.tick ? Promise.reject(away()) : store.advanceTagClock()),
      invalidateTag: async (tag: TagAddress, clock: TagClock) => {
        if (fails.tag) throw away()
        told.push({ key: tag.key, clock })
        await store.invalidateTag(tag, clock)
      },
    })
  return { ...testBed(wrap), fails, told }
}

function numbered(): { readonly loads: number; readonly load: (id: string) => Promise<number> } {
  const source = { loads: 0, load: async (_id: string): Promise<number> => (source.loads += 1) }
  return source
}

test.each(["tick", "tag"] as const)(
  "when the %s fails the invalidation is journalled, this process reads the source until it is delivered, and stores nothing",
  async (step) => {
    const { holdfast, fails, clock, memory, peer } = scene()
    const cache = holdfast.cache({ name: "item", ...policy, load: numbered().load, tags: () => ["t"] })
    await cache.get("a")
    fails[step] = true
    expect(await holdfast.invalidateTags(["t"])).toEqual({ delivered: false })
    expect(await cache.get("a")).toBe(2)
    expect(await cache.get("a")).toBe(3)
    expect(await cache.peek("a")).toBeUndefined()
    expect(cache.stats().fills).toBe(1)
    const other = peer(memory).cache({ name: "item", ...policy, load: numbered().load, tags: () => ["t"] })
    expect(await other.get("a")).toBe(1)
    expect(other.stats().hits).toBe(1)
    fails[step] = false
    await clock.advance(2000)
    expect(await other.get("a")).toBe(1)
    expect(other.stats().hits).toBe(1)
    expect(await cache.get("a")).toBe(1)
  },
)

test("entries without the tag are served while it is undelivered", async () => {
  const { holdfast, fails } = scene()
  const load = numbered().load
  const cache = holdfast.cache({ name: "item", ...policy, load, tags: (_value, id) => [id] })
  await cache.getMany(["a", "b"])
  fails.tag = true
  await holdfast.invalidateTags(["a"])
  expect(await cache.getMany(["a", "b"])).toEqual([3, 2])
})

test("a tag is told again with a new tick of the clock, because one that was made meanwhile may have the old one", async () => {
  const { holdfast, fails, told, clock, memory } = scene()
  fails.tag = true
  await holdfast.invalidateTags(["t"])
  const first = await memory.readTagClock()
  await clock.advance(500)
  fails.tag = false
  await clock.advance(2000)
  expect(told).toHaveLength(1)
  expect(told[0]?.clock.counter).toBeGreaterThan(first.counter)
  expect(await memory.readTagClock()).toEqual(told[0]?.clock)
})

test("a load that another process began before the late delivery does not survive it", async () => {
  const { holdfast, fails, clock, memory, peer } = scene()
  const source = gatedSource<string>()
  const other = peer(memory).cache({ name: "item", ...policy, load: source.load, tags: () => ["t"] })
  fails.tag = true
  await holdfast.invalidateTags(["t"])
  const first = other.get("a")
  await clock.settle()
  source.calls[0]?.gate.resolve("old")
  await first
  expect(await other.get("a")).toBe("old")
  fails.tag = false
  await clock.advance(2000)
  const next = other.get("a")
  await clock.settle()
  source.calls[1]?.gate.resolve("new")
  expect(await next).toBe("new")
})

test("what can be told is told, although another tag cannot, and only that one waits", async () => {
  const { peer, memory, clock } = testBed()
  const refused = new Set(["bad"])
  const holdfast = peer(
    overriding(memory, {
      invalidateTag: (tag, time) =>
        [...refused].some((name) => tag.key.includes(name)) ? Promise.reject(away()) : memory.invalidateTag(tag, time),
    }),
  )
  const cache = holdfast.cache({ name: "item", ...policy, load: numbered().load, tags: (_value, id) => [id] })
  await cache.getMany(["good", "bad"])
  expect(await holdfast.invalidateTags(["good", "bad"])).toEqual({ delivered: false })
  expect((await holdfast.health()).undelivered).toBe(1)
  expect([await cache.get("good"), await cache.get("bad")]).toEqual([3, 4])
  expect([await cache.get("good"), await cache.get("bad")]).toEqual([3, 5])
  refused.clear()
  await clock.advance(2000)
  expect((await holdfast.health()).undelivered).toBe(0)
})

test("an invalidation that comes while the tag waits is told too", async () => {
  const { holdfast, fails, told, clock } = scene()
  fails.tick = true
  await holdfast.invalidateTags(["t"])
  fails.tick = false
  expect(await holdfast.invalidateTags(["t"])).toEqual({ delivered: false })
  await clock.advance(2000)
  expect(told).toHaveLength(1)
})

test("a full journal rejects, after every tag was tried, and names the tag to the observer", async () => {
  const { holdfast, fails, events } = scene()
  fails.tag = true
  await holdfast.invalidateTags(["1", "2"])
  await expect(holdfast.invalidateTags(["3", "4"])).rejects.toMatchObject({ code: "INVALIDATION_BACKLOG_FULL" })
  const lost = { name: "invalidation-lost", cache: undefined, key: "test:{tag#4}" }
  expect(events.filter(({ name }) => name === "invalidation-lost")).toEqual([lost])
})

test("close tries once more", async () => {
  const { holdfast, fails, told } = scene()
  fails.tag = true
  await holdfast.invalidateTags(["t"])
  fails.tag = false
  await holdfast.close()
  expect(told).toHaveLength(1)
  await expect(holdfast.invalidateTags(["t"])).rejects.toMatchObject({ code: "CLOSED" })
})

test("clear waits in the journal as any other tag", async () => {
  const { holdfast, fails, clock, events } = scene()
  const cache = holdfast.cache({ name: "item", ...policy, load: numbered().load })
  const other = holdfast.cache({ name: "other", ...policy, load: numbered().load })
  await cache.get("a")
  await other.get("a")
  fails.tag = true
  expect(await cache.clear()).toEqual({ delivered: false })
  expect(events).toContainEqual({ name: "clear", cache: "item", delivered: false })
  expect(await cache.get("a")).toBe(2)
  expect(await other.get("a")).toBe(1)
  fails.tag = false
  await clock.advance(2000)
  expect(await cache.get("a")).toBe(3)
  expect(await cache.get("a")).toBe(3)
})
