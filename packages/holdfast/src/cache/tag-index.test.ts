import { expect, test } from "vitest"
import type { Store } from "../contracts/store.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { counting, overriding, switchable, testBed, type CallCount, type TestBed } from "./cache.fixture.ts"
import { listed } from "./tag-index.fixture.ts"

const policy = { ttl: "60s", jitter: "0%", local: false } as const

function countedBed(): { readonly bed: TestBed; readonly count: CallCount } {
  let count: CallCount | undefined
  const bed = testBed((store) => {
    const counted = counting(store)
    count = counted.count
    return counted.store
  })
  if (count === undefined) throw new Error("the store was not wrapped")
  return { bed, count }
}

test("the entries of a tag are listed by cache and key, those of every cache with an index, absences too", async () => {
  const { holdfast, peer } = testBed()
  const tags = (value: number | undefined): string[] => (value === 3 ? ["other"] : ["t", "other"])
  const shared = { ...policy, index: true, tags } as const
  const load = async (id: string): Promise<number | undefined> => (id === "none" ? undefined : Number(id) || 1)
  const items = holdfast.cache({ name: "item", ...shared, load })
  const parts = peer().cache({ name: "part", ...shared, load, group: (id) => `group:${id}` })
  const unlisted = holdfast.cache({ name: "unlisted", ...policy, tags, load })
  for (const id of ["1", "2", "3", "none", "a b:c"]) await items.get(id)
  await parts.get("9")
  await unlisted.get("7")
  expect(await listed(holdfast)).toEqual(["item 1", "item 2", "item a b%3Ac", "item none", "part 9"])
  expect(await listed(peer(), "other")).toHaveLength(6)
  expect(await listed(holdfast, "unheard")).toEqual([])
  for await (const entry of holdfast.listTag("t"))
    if (entry.cache === "part") expect(entry.group).toBe("group:9")
    else expect(entry).toEqual({ cache: "item", key: entry.key, storeKey: `test:{item:${entry.key}}` })
})

test("writes, puts and fills by hand are listed as loads are", async () => {
  const { holdfast } = testBed()
  const shared = { ...policy, index: true, tags: () => ["t"] } as const
  const items = holdfast.cache<string, number>({ name: "item", ...shared })
  const rows = holdfast.cache({ name: "row", ...shared, load: async (_id: string) => 1, version: (value) => value })
  await items.write("written", () => 1)
  await items.put("put", 1)
  const miss = await items.lookup("by hand")
  if (!miss.hit) await miss.fill(1)
  await rows.get("row")
  await rows.put("row", 2)
  expect(await listed(holdfast)).toEqual(["item by hand", "item put", "item written", "row row"])
})

test("an index wants tags, and a store that keeps it", () => {
  const { holdfast, store, peer } = testBed()
  const load = async (id: string): Promise<string> => id
  const refused = expect.objectContaining({ code: "INVALID_OPTION" })
  expect(() => holdfast.cache({ name: "a", ...policy, load, index: true })).toThrow(refused)
  expect(() => holdfast.cache({ name: "a", ...policy, load, tags: () => [], index: 1 as never })).toThrow(refused)
  holdfast.cache({ name: "a", ...policy, load, index: false })
  const bare = peer(overriding(store, { tagIndex: undefined } as never))
  expect(() => bare.cache({ name: "b", ...policy, load, tags: () => [], index: true })).toThrow(refused)
  expect(() => bare.listTag("t")).toThrow(refused)
  expect(() => bare.cache({ name: "b", ...policy, load, tags: () => [], index: true })).toThrow('Cache "b": The')
  for (const batch of [0, 1001, 1.5]) expect(() => holdfast.listTag("t", { batch })).toThrow(refused)
  expect(() => holdfast.listTag("")).toThrow("INVALID_TAG: `listTag`")
})

test("an entry is listed before it is stored, and not stored if it cannot be listed", async () => {
  const events: string[] = []
  let isOff = false
  const wrap = (store: Store): Store => {
    const tagIndex = switchable(
      store.tagIndex as object,
      () => isOff,
      () => new HoldfastError("COMMAND_TIMEOUT", "away"),
    )
    const fill: Store["fill"] = async (grant, entry) => {
      events.push((await listed(bed.holdfast)).join())
      return store.fill(grant, entry)
    }
    return overriding(store, { tagIndex, fill } as Partial<Store>)
  }
  const bed = testBed(wrap)
  const cache = bed.holdfast.cache({
    name: "item",
    ...policy,
    index: true,
    tags: () => ["t"],
    load: async (id: string) => id,
  })
  await cache.get("a")
  expect(events).toEqual(["item a"])
  isOff = true
  expect(await cache.get("b")).toBe("b")
  expect(await cache.write("c", () => "c")).toMatchObject({ value: "c", stored: false, delivered: true })
  isOff = false
  expect([await cache.peek("b"), await cache.peek("c")]).toEqual([undefined, undefined])
  expect(bed.events).toContainEqual({
    name: "store-error",
    cache: "item",
    operation: "index-tag",
    code: "COMMAND_TIMEOUT",
    reply: undefined,
  })
  expect(await cache.get("b")).toBe("b")
  expect(await cache.peek("b")).toBe("b")
  expect(await listed(bed.holdfast)).toEqual(["item a", "item b"])
})

test("a fill costs one command per tag, those of one turn together, and a hit none", async () => {
  const { bed, count } = countedBed()
  const load = async (id: number): Promise<number> => id
  const loadMany = async (ids: readonly number[]): Promise<Map<number, number>> => new Map(ids.map((id) => [id, id]))
  const shared = { ...policy, index: true, tags: () => ["t", "u"] } as const
  const cache = bed.holdfast.cache({ name: "item", ...shared, load, loadMany })
  await cache.getMany([1])
  expect(count.calls.get("listedLife")).toBe(1)
  count.reset()
  await cache.get(2)
  expect(count.calls.get("listEntries")).toBe(2)
  expect(count.calls.get("listedLife")).toBeUndefined()
  count.reset()
  await cache.getMany(Array.from({ length: 250 }, (_, n) => 100 + n))
  expect(count.calls.get("listEntries")).toBe(2 * Math.ceil(250 / 100))
  count.reset()
  await cache.getMany([1, 2, 100])
  await cache.get(1)
  expect([...count.calls.keys()].filter((name) => name.includes("list"))).toEqual([])
})

test("an indexed tag of 10,000 entries is invalidated by one tick of the clock and one command", async () => {
  const { bed, count } = countedBed()
  const ids = Array.from({ length: 10_000 }, (_, n) => n)
  const load = async (id: number): Promise<number> => id
  const cache = bed.holdfast.cache({ name: "item", ...policy, index: true, load, tags: () => ["t", "u"] })
  await cache.getMany(ids)
  expect(cache.stats().fills).toBe(10_000)
  expect(await listed(bed.holdfast, "u")).toHaveLength(10_000)
  count.reset()
  await bed.holdfast.invalidateTags(["t"])
  expect(Object.fromEntries(count.calls)).toEqual({ advanceTagClock: 1, invalidateTag: 1 })
  count.reset()
  await cache.clear()
  expect(Object.fromEntries(count.calls)).toEqual({ advanceTagClock: 1, invalidateTag: 1 })
}, 60_000)

test("who verifies is not told of what is gone, dead, or carries the tag no more", async () => {
  const { holdfast, memory } = testBed()
  let tag = "t"
  const shared = { ...policy, index: true, tags: (_value: unknown, id: string) => [tag, `own:${id}`] } as const
  const load = async (id: string): Promise<string> => id
  const cache = holdfast.cache({ name: "item", ...shared, load })
  const cleared = holdfast.cache({ name: "cleared", ...shared, load })
  for (const id of ["stays", "moves", "invalidated", "evicted", "killed"]) await cache.get(id)
  await cleared.get("a")
  tag = "elsewhere"
  await cache.refresh("moves")
  await cache.invalidate("invalidated")
  memory.evict("test:{item:evicted}")
  await holdfast.invalidateTags(["own:killed"])
  await cleared.clear()
  expect(await listed(holdfast)).toHaveLength(6)
  expect(await listed(holdfast, "t", { verify: true })).toEqual(["item stays"])
  expect(cache.stats().deadByTag).toBe(0)
})

test("a listing ends with its signal, and with the store's error", async () => {
  const { holdfast, store, peer } = testBed()
  const load = async (id: number): Promise<number> => id
  const cache = holdfast.cache({ name: "item", ...policy, index: true, tags: () => ["t"], load })
  for (let id = 0; id < 10; id += 1) await cache.get(id)
  const controller = new AbortController()
  const reason = new Error("enough")
  const seen: string[] = []
  const list = async (): Promise<void> => {
    for await (const { key } of holdfast.listTag("t", { signal: controller.signal, batch: 1 })) {
      seen.push(key)
      controller.abort(reason)
    }
  }
  await expect(list()).rejects.toBe(reason)
  expect(seen.length).toBeGreaterThan(0)
  const away = peer(
    switchable(
      store,
      () => true,
      () => new HoldfastError("STORE_UNAVAILABLE", "away"),
    ),
  )
  await expect(listed(away)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" })
  await holdfast.close()
  expect(() => holdfast.listTag("t")).toThrow(expect.objectContaining({ code: "CLOSED" }))
})
