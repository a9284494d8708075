import { expect, test } from "vitest"
import { gatedSource, testBed } from "./cache.fixture.ts"

const policy = { ttl: "60s", jitter: "0%", local: false } as const
const refused = { code: "INVALID_TAG" }

test("clear makes every entry of its cache a miss in every process, absences too, and touches no other cache", async () => {
  const { holdfast, peer } = testBed()
  let version = 1
  const load = async (id: string): Promise<number | undefined> => (id === "none" ? undefined : version)
  const here = holdfast.cache({ name: "item", ...policy, load })
  const other = holdfast.cache({ name: "other", ...policy, load })
  const there = peer().cache({ name: "item", ...policy, load })
  await here.getMany(["a", "none"])
  await other.get("a")
  version = 2
  expect(await there.clear()).toEqual({ delivered: true })
  expect(await here.getMany(["a", "none"])).toEqual([2, undefined])
  expect(here.stats()).toMatchObject({ loads: 4, deadByTag: 2 })
  expect(await other.get("a")).toBe(1)
  expect(there.stats().clears).toBe(1)
})

test("a load that began before clear is not kept", async () => {
  const { holdfast, peer, clock } = testBed()
  const source = gatedSource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: source.load })
  const there = peer().cache({ name: "item", ...policy, load: source.load })
  const first = cache.get("a")
  await clock.settle()
  await there.clear()
  source.calls[0]?.gate.resolve("old")
  await first
  const next = cache.get("a")
  await clock.settle()
  source.calls[1]?.gate.resolve("new")
  expect(await next).toBe("new")
  expect(await there.get("a")).toBe("new")
})

test("explain tells which tag has killed an entry", async () => {
  const { holdfast, memory } = testBed()
  const cache = holdfast.cache({ name: "item", ...policy, load: async (id: string) => id, tags: () => ["t", "u"] })
  await cache.get("a")
  const valid = { tag: "t", state: "valid" }
  expect(await cache.explain("a")).toHaveProperty("freshForMs")
  expect(await cache.explain("a")).toMatchObject({ state: "fresh", tags: [valid, { ...valid, tag: "u" }] })
  await holdfast.invalidateTags(["u"])
  const invalidated = [valid, { tag: "u", state: "invalidated" }]
  expect(await cache.explain("a")).toMatchObject({ state: "dead", why: "tag", tags: invalidated })
  expect(await cache.explain("a")).not.toHaveProperty("freshForMs")
  memory.evict("test:{tag#t}")
  expect(await cache.explain("a")).toMatchObject({ state: "dead", why: "tag", tags: [{ state: "missing" }, {}] })
  await cache.clear()
  expect(await cache.explain("a")).toMatchObject({ state: "dead", why: "clear" })
})

test("a tag that is none fails the read, the fill by hand and the invalidation that names it", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => "v", tags: () => [""] })
  await expect(cache.get("a")).rejects.toMatchObject(refused)
  expect((await cache.explain("a")).lease).toBeUndefined()
  await expect(holdfast.invalidateTags([""])).rejects.toMatchObject(refused)
  await expect(holdfast.invalidateTags("t" as unknown as string[])).rejects.toMatchObject(refused)
  const manual = holdfast.cache<string, string>({ name: "manual", ...policy, tags: () => [""] })
  const miss = await manual.lookup("a")
  if (!miss.hit) await expect(miss.fill("v")).rejects.toMatchObject(refused)
})

test("a write whose value has a tag that is none has committed, so it invalidates", async () => {
  const { holdfast } = testBed()
  let tags = ["t"]
  const load = async (_id: string): Promise<string> => "loaded"
  const cache = holdfast.cache({ name: "item", ...policy, load, tags: () => tags })
  await cache.get("a")
  tags = [""]
  expect(await cache.write("a", () => "written")).toMatchObject({ stored: false, delivered: true })
  expect(await cache.peek("a")).toBeUndefined()
})

test("a caller may give up on clear and on an invalidation, which go on", async () => {
  const { holdfast, clock } = testBed()
  const cache = holdfast.cache({ name: "item", ...policy, load: async (id: string) => id, tags: () => ["t"] })
  await cache.get("a")
  const signal = AbortSignal.abort(new Error("enough"))
  await expect(cache.clear({ signal })).rejects.toThrow("enough")
  await expect(holdfast.invalidateTags(["t"], { signal })).rejects.toThrow("enough")
  expect(await cache.peek("a")).toBe("a")
  const controller = new AbortController()
  const leaving = holdfast.invalidateTags(["t"], { signal: controller.signal })
  controller.abort(new Error("enough"))
  await expect(leaving).rejects.toThrow("enough")
  await clock.settle()
  expect(await cache.peek("a")).toBeUndefined()
})

test("the option `tags` must be a function", () => {
  const { holdfast } = testBed()
  const options = { name: "item", ...policy, tags: ["t"] as never, load: async (id: string) => id }
  expect(() => holdfast.cache(options)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }))
})
