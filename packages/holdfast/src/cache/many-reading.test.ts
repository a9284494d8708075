import { expect, test } from "vitest"
import { BatchPartialError } from "../errors/batch-partial-error.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { gatedManySource, gatedSource, switchable, testBed } from "./cache.fixture.ts"

const policy = { ttl: "10s", jitter: "0%", negativeTtl: "2s" } as const
const upper = (keys: readonly string[]): Map<string, string> => new Map(keys.map((key) => [key, key.toUpperCase()]))

/** What a promise rejects with. */
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

test("many keys are answered in their order, and one loadMany reads the misses and nothing else", async () => {
  const { holdfast } = testBed()
  const asked: (readonly string[])[] = []
  const cache = holdfast.cache({
    name: "item",
    ...policy,
    load: async (id: string) => id.toUpperCase(),
    loadMany: async (ids) => {
      asked.push(ids)
      return upper(ids)
    },
  })
  await cache.get("b")
  expect(await cache.getMany(["c", "b", "a"])).toEqual(["C", "B", "A"])
  expect(asked).toEqual([["c", "a"]])
  expect(await cache.getMany(["a", "b", "c"])).toEqual(["A", "B", "C"])
  expect(asked).toHaveLength(1)
})

test("no key is no work, and a key that is asked for twice is read once", async () => {
  const { holdfast, clock } = testBed()
  const source = gatedManySource<string>()
  const cache = holdfast.cache({
    name: "item",
    ...policy,
    load: async (_id: string) => "one",
    loadMany: source.loadMany,
  })
  expect(await cache.getMany([])).toEqual([])
  const reading = cache.getMany(["a", "a", "b", "a"])
  await clock.settle()
  expect(source.calls.map(({ keys }) => keys)).toEqual([["a", "b"]])
  source.calls[0]?.gate.resolve(upper(["a", "b"]))
  expect(await reading).toEqual(["A", "A", "B", "A"])
  expect(cache.stats()).toMatchObject({ reads: 2, misses: 2, loads: 2 })
})

test("a Set of keys, which types refuse, is read as the keys that it holds", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({ name: "item", ...policy, load: async (id: string) => id.toUpperCase() })
  expect(await cache.getMany(new Set(["a", "b"]) as unknown as string[])).toEqual(["A", "B"])
})

test("a cache without loadMany loads each miss by itself", async () => {
  const { holdfast } = testBed()
  const asked: string[] = []
  const load = async (id: string): Promise<string> => {
    asked.push(id)
    return id.toUpperCase()
  }
  const cache = holdfast.cache({ name: "item", ...policy, load })
  await cache.get("b")
  expect(await cache.getMany(["a", "b", "c"])).toEqual(["A", "B", "C"])
  expect(asked).toEqual(["b", "a", "c"])
})

test("what is missing from the answer, undefined or null is remembered as not in the source", async () => {
  const { holdfast } = testBed()
  const answer = new Map<string, string | undefined | null>([
    ["b", undefined],
    ["c", null],
    ["d", "D"],
  ])
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => "one", loadMany: () => answer })
  const keys = ["a", "b", "c", "d"]
  expect(await cache.getMany(keys)).toEqual([undefined, undefined, undefined, "D"])
  expect(await cache.getMany(keys)).toEqual([undefined, undefined, undefined, "D"])
  expect(cache.stats()).toMatchObject({ loads: 4, fills: 4, hits: 4, negativeHits: 3 })
})

test("figures and events count each key as a get of it", async () => {
  const { holdfast, events } = testBed()
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => "one", loadMany: upper })
  await cache.getMany(["a"])
  events.length = 0
  await cache.getMany(["a", "b", "b"])
  expect(cache.stats()).toMatchObject({ reads: 3, hits: 1, misses: 2, latency: { count: 3 } })
  expect(events).toMatchObject([
    { name: "read", key: "test:{item:a}", outcome: "hit" },
    { name: "load", key: "test:{item:b}", ok: true, error: undefined },
    { name: "fill", key: "test:{item:b}", answer: "stored" },
    { name: "read", key: "test:{item:b}", outcome: "load" },
  ])
})

test("a key that is none is refused before anything is sent", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => "one", loadMany: upper })
  await expect(cache.getMany(["a", undefined as never])).rejects.toMatchObject({ code: "INVALID_KEY" })
  expect(cache.stats().reads).toBe(0)
  await holdfast.close()
  await expect(cache.getMany([])).rejects.toMatchObject({ code: "CLOSED" })
})

test("a load that fails leaves the other keys readable, and the error tells them apart", async () => {
  const { holdfast } = testBed()
  const boom = new Error("boom of secret-key")
  const cache = holdfast.cache({
    name: "item",
    ...policy,
    load: async (id: string) => `${id}!`,
    loadMany: () => Promise.reject(boom),
  })
  await cache.get("secret-key")
  const error = await failureOf(cache.getMany(["secret-key", "x", "y"]))
  if (!(error instanceof BatchPartialError)) throw new Error("expected a BatchPartialError")
  expect(error).toMatchObject({ code: "BATCH_PARTIAL", facts: { failed: 2, keys: 3 }, cause: boom })
  expect([...error.values]).toEqual([["secret-key", "secret-key!"]])
  expect([...error.errors]).toEqual([
    ["x", boom],
    ["y", boom],
  ])
  expect(error.message).toContain("2 of 3 keys could not be read, the first because of Error. ")
  expect(error.message + JSON.stringify(error)).not.toContain("secret-key")
  expect(Object.keys(error)).not.toContain("values")
  expect(cache.stats()).toMatchObject({ failures: 2, loadErrors: 2 })
})

test("one key whose value cannot be stored fails alone", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({
    name: "item",
    ...policy,
    load: async (_id: string): Promise<unknown> => "one",
    loadMany: (ids) => new Map(ids.map((id) => [id, id === "bad" ? () => 1 : id])),
  })
  const error = await failureOf(cache.getMany(["a", "bad"]))
  expect(error).toMatchObject({ code: "BATCH_PARTIAL", values: new Map([["a", "a"]]) })
  expect((error as BatchPartialError).errors.get("bad")).toMatchObject({ code: "VALUE_NOT_ENCODABLE" })
  expect(await cache.peek("a")).toBe("a")
})

const batchOf = (...causes: readonly unknown[]): BatchPartialError =>
  new BatchPartialError(new Map(), new Map(causes.map((cause, at) => [at, cause])))

test("the error of a batch names class and code of its first cause, and nothing that may be data", () => {
  const refused = Object.assign(new TypeError("row of secret-key"), { code: "ECONNREFUSED" })
  expect(batchOf(refused, new Error("x")).message).toContain(", the first because of TypeError ECONNREFUSED. ")
  const closed = new HoldfastError("CLOSED", "x.")
  expect(batchOf(closed).message).toContain(", the first because of HoldfastError CLOSED. ")
  const telling = Object.assign(new Error("x"), { name: "user secret-key", code: "secret key" })
  for (const cause of [telling, "secret-key", { name: "secret" }, undefined])
    expect(batchOf(cause).message).toContain("1 of 1 keys could not be read. ")
})

test("a batch is worth another try unless one of its causes is not", () => {
  const timeout = new HoldfastError("LOAD_TIMEOUT", "x.")
  const unencodable = new HoldfastError("VALUE_NOT_ENCODABLE", "x.")
  expect(batchOf(timeout, new Error("source")).retryable).toBe(true)
  expect(batchOf(timeout, unencodable).retryable).toBe(false)
})

test("other errors are no BatchPartialError", () => {
  const other: unknown = new HoldfastError("CLOSED", "x.")
  expect(other instanceof BatchPartialError).toBe(false)
  expect(new BatchPartialError(new Map(), new Map([["a", 1]])) instanceof HoldfastError).toBe(true)
})

test("with the store away, every key is loaded by one call, and nothing is stored", async () => {
  let off = true
  const away = (): Error => new HoldfastError("STORE_UNAVAILABLE", "off.")
  const { holdfast } = testBed((store) => switchable(store, () => off, away))
  const asked: (readonly string[])[] = []
  const cache = holdfast.cache({
    name: "item",
    ...policy,
    load: async (_id: string) => "one",
    loadMany: (ids) => {
      asked.push(ids)
      return upper(ids)
    },
  })
  expect(await cache.getMany(["a", "b", "c"])).toEqual(["A", "B", "C"])
  expect(asked).toEqual([["a", "b", "c"]])
  off = false
  expect(await cache.peek("a")).toBeUndefined()
})

test("a key with an undelivered invalidation is loaded with the others, and not stored", async () => {
  let off = false
  const away = (): Error => new HoldfastError("STORE_UNAVAILABLE", "off.")
  const { holdfast, peer, clock } = testBed((store) => switchable(store, () => off, away))
  const source = gatedManySource<string>()
  const cache = holdfast.cache({
    name: "item",
    ...policy,
    load: async (_id: string) => "old",
    loadMany: source.loadMany,
  })
  const other = peer().cache({ name: "item", ...policy, load: async (_id: string) => "old" })
  await cache.get("a")
  off = true
  expect(await cache.invalidate("a")).toEqual({ delivered: false })
  off = false
  const reading = cache.getMany(["a", "b"])
  await clock.settle()
  expect(source.calls[0]?.keys).toEqual(["a", "b"])
  source.calls[0]?.gate.resolve(upper(["a", "b"]))
  expect(await reading).toEqual(["A", "B"])
  expect([await other.peek("a"), await other.peek("b")]).toEqual(["old", "B"])
})

test("a single get calls load, although the cache could load many", async () => {
  const { holdfast, clock } = testBed()
  const one = gatedSource<string>()
  const many = gatedManySource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: one.load, loadMany: many.loadMany })
  const reading = cache.get("a")
  await clock.settle()
  expect([one.calls.length, many.calls.length]).toEqual([1, 0])
  one.calls[0]?.gate.resolve("one")
  expect(await reading).toBe("one")
})

test("every entry carries the cost of the call that loaded it", async () => {
  const { holdfast, clock } = testBed()
  const many = gatedManySource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => "one", loadMany: many.loadMany })
  const reading = cache.getMany(["a", "b"])
  await clock.advance(100)
  many.calls[0]?.gate.resolve(upper(["a", "b"]))
  await reading
  expect(await cache.explain("a")).toMatchObject({ loadCostMs: 100 })
})
