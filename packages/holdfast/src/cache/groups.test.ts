import { expect, test } from "vitest"
import { entryAddress } from "../entry/key.ts"
import { groupTagAddress } from "../entry/tag-address.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { nearTier } from "../near/near-tier.ts"
import { gatedSource, switchable, testBed } from "./cache.fixture.ts"
import { numbered, policy } from "./groups.fixture.ts"

const off = (): HoldfastError => new HoldfastError("STORE_UNAVAILABLE", "off")

test("every entry of every cache of a group is a miss once it was invalidated, in every process, and other groups stay", async () => {
  const { holdfast, peer } = testBed()
  const elsewhere = peer()
  const source = { change: 1 }
  const [profiles, carts] = [holdfast.cache(numbered("profile", source)), holdfast.cache(numbered("cart", source))]
  const there = elsewhere.cache(numbered("cart", source))
  await Promise.all([profiles.get("123"), carts.getMany(["123:a", "123:b", "7:a"])])
  source.change = 2
  expect(await elsewhere.invalidateGroup("user:123")).toEqual({ delivered: true })
  expect(await profiles.get("123")).toBe("123@2")
  expect(await carts.getMany(["123:a", "7:a"])).toEqual(["123:a@2", "7:a@1"])
  expect(await there.get("123:b")).toBe("123:b@2")
})

test("a group reaches no entry that has none, even if the name of the group is what stands in the braces of its key", async () => {
  const { holdfast } = testBed()
  const source = { change: 1 }
  const { group: _, ...alone } = numbered("user", source)
  const users = holdfast.cache(alone)
  await users.get("123")
  source.change = 2
  await holdfast.invalidateGroup("user:123")
  expect(await users.get("123")).toBe("123@1")
})

test("a load that began before its group was invalidated brings nothing back, and nobody who came later shares it", async () => {
  const { holdfast, peer, clock } = testBed()
  const source = gatedSource<string>()
  const cache = holdfast.cache({ ...policy, name: "profile", load: source.load, group: (id: string) => `user:${id}` })
  const first = cache.get("123")
  await clock.settle()
  await peer().invalidateGroup("user:123")
  const second = cache.get("123")
  await clock.settle()
  source.calls[0]?.gate.resolve("old")
  expect(await first).toBe("old")
  await clock.settle()
  source.calls[1]?.gate.resolve("new")
  expect(await second).toBe("new")
  expect(await cache.get("123")).toBe("new")
})

test("a write that began before its group was invalidated stores nothing that is served", async () => {
  const { holdfast, peer } = testBed()
  const source = { change: 1 }
  const cache = holdfast.cache(numbered("profile", source))
  await cache.write("123", async () => {
    await peer().invalidateGroup("user:123")
    return "written before"
  })
  source.change = 2
  expect(await cache.get("123")).toBe("123@2")
})

test("a value that is put in place of an entry whose group was invalidated is not served", async () => {
  const { holdfast } = testBed()
  const versioned = { ...policy, version: (row: { v: number }) => row.v, group: (id: string) => `user:${id}` }
  const cache = holdfast.cache({ ...versioned, name: "profile", load: async (_id: string) => ({ v: 1 }) })
  await cache.get("123")
  await holdfast.invalidateGroup("user:123")
  expect(await cache.put("123", { v: 5 })).toMatchObject({ stored: false })
  expect(await cache.peek("123")).toBeUndefined()
})

test("a copy in the near cache of this process is gone at once, and elsewhere with the news", async () => {
  const { holdfast, peer } = testBed(undefined, { nearTier })
  const elsewhere = peer()
  const source = { change: 1 }
  const near = { ...numbered("profile", source), local: { maxStaleness: "5s" } as const }
  const [here, there] = [holdfast.cache(near), elsewhere.cache(near)]
  for (const cache of [here, there]) for (let read = 0; read < 3; read += 1) await cache.get("123")
  expect(there.stats().nearHits).toBeGreaterThan(0)
  source.change = 2
  await holdfast.invalidateGroup("user:123")
  expect(await here.get("123")).toBe("123@2")
  expect(await there.get("123")).toBe("123@2")
})

test("a group that was invalidated while the store was away is read from the source, until the store was told", async () => {
  let isOff = false
  const { holdfast, clock } = testBed((store) => switchable(store, () => isOff, off))
  const source = { change: 1 }
  const cache = holdfast.cache(numbered("profile", source))
  await cache.get("123")
  isOff = true
  source.change = 2
  expect(await holdfast.invalidateGroup("user:123")).toEqual({ delivered: false })
  isOff = false
  expect(await cache.get("123")).toBe("123@2")
  expect(await cache.explain("123")).toMatchObject({ state: "dead", why: "group" })
  await clock.advance(5000)
  await cache.get("123")
  expect((await holdfast.health()).undelivered).toBe(0)
  expect(await cache.explain("123")).toMatchObject({ state: "fresh", keys: { group: "user:123" } })
})

test("what a group that was evicted held is a miss", async () => {
  const { holdfast, memory } = testBed()
  const source = { change: 1 }
  const cache = holdfast.cache(numbered("profile", source))
  await cache.get("123")
  const { groupTag } = entryAddress("test", "profile", "123", "user:123")
  memory.evict(groupTag?.key ?? "")
  source.change = 2
  expect(await cache.explain("123")).toMatchObject({ state: "dead", why: "group" })
  expect(await cache.get("123")).toBe("123@2")
})

test("an entry in its grace is not served stale once its group was invalidated", async () => {
  const { holdfast, clock } = testBed()
  const source = { change: 1 }
  const cache = holdfast.cache({ ...numbered("profile", source), grace: "10m" })
  await cache.get("123")
  await clock.advance(61_000)
  source.change = 2
  await holdfast.invalidateGroup("user:123")
  expect(await cache.get("123")).toBe("123@2")
})

test("entries of one group are told apart by their keys, whatever is in them", async () => {
  const { holdfast } = testBed()
  const load = async (key: readonly [string, string]): Promise<string> => key.join("|")
  const cache = holdfast.cache({ ...policy, name: "order", load, group: ([user]) => user })
  const keys = [["u", "a"], ["u", "b"], ["u}x", "{a"], ["u", "ctl"], ["u:v", "w"], ["u", "v:w"]] as const // prettier-ignore
  for (let round = 0; round < 2; round += 1) {
    expect(await cache.getMany(keys)).toEqual(keys.map((key) => key.join("|")))
  }
  expect(cache.stats()).toMatchObject({ loads: 6, hits: 6 })
})

test.each([[""], [undefined], [7]])("the group %j is refused, and the error says whose it is", async (group) => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({ ...policy, name: "profile", load: async (id: string) => id, group: () => group as "" })
  const refused = (whose: RegExp) => ({
    code: "INVALID_GROUP",
    retryable: false,
    message: expect.stringMatching(whose),
    facts: { type: expect.any(String) },
  })
  await expect(cache.get("1")).rejects.toMatchObject(refused(/Cache "profile": A group is/))
  await expect(holdfast.invalidateGroup(group as "")).rejects.toMatchObject(refused(/^INVALID_GROUP: A group/))
  await holdfast.afterCommit((unit) => {
    expect(() => unit.invalidateGroup(group as "")).toThrow(expect.objectContaining(refused(/^INVALID_GROUP: A group/)))
  })
})

test("`group` is a function", () => {
  const { holdfast } = testBed()
  const options = { ...policy, name: "profile", load: async (id: string) => id, group: "user" as never }
  expect(() => holdfast.cache(options)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }))
})

test("scans find the entries of groups, and nothing else of a group", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache(numbered("cart", { change: 1 }))
  await cache.getMany(["123:a", "7:a"])
  const found: string[] = []
  for await (const { cache: name, key, group } of holdfast.scan()) found.push([name, key, group].join(" "))
  expect(found.toSorted()).toEqual(["cart 123:a user:123", "cart 7:a user:7"])
})

test("the tag of a group lies in the slot of the entries of the group", () => {
  const { slot, groupTag, group } = entryAddress("shop", "order", "7", "user:123")
  expect(group).toBe("user:123")
  expect(groupTag).toMatchObject({ key: "shop:{user:123}:#group", slot })
  expect(groupTagAddress("shop", "user:123").key).toBe(groupTag?.key)
  expect(entryAddress("shop", "order", "7")).toMatchObject({ group: undefined, groupTag: undefined })
})

test("a group of a strict cache is invalidated like any other", async () => {
  const { holdfast, clock } = testBed()
  const source = { change: 1 }
  const cache = holdfast.cache({ ...numbered("stock", source), consistency: "strict", windowTerm: "1s" })
  await cache.get("123")
  await clock.advance(1500)
  for (let read = 0; read < 2; read += 1) await cache.get("123")
  const { loads } = cache.stats()
  expect(await cache.get("123")).toBe("123@1")
  expect(cache.stats().loads).toBe(loads)
  source.change = 2
  await holdfast.invalidateGroup("user:123")
  expect(await cache.get("123")).toBe("123@2")
})

test("`lookup` fills under the tag of the group, and what it fills dies with the group", async () => {
  const { holdfast, peer } = testBed()
  const cache = holdfast.cache<string, string>({ ...policy, name: "profile", group: (id) => `user:${id}` })
  const first = await cache.lookup("1")
  expect(!first.hit && (await first.fill("by hand"))).toBe(true)
  expect(await cache.peek("1")).toBe("by hand")
  const second = await cache.lookup("2")
  await peer().invalidateGroup("user:2")
  if (!second.hit) await second.fill("from before")
  expect(await cache.peek("2")).toBeUndefined()
})
