import { expect, test } from "vitest"
import { deferred } from "../internal/deferred.ts"
import { nearTier } from "../near/near-tier.ts"
import { gatedManySource, gatedSource, overriding, testBed } from "./cache.fixture.ts"

const policy = { name: "item", ttl: "10s", jitter: "0%", local: false, batch: true } as const
const upper = (keys: readonly string[]): Map<string, string> => new Map(keys.map((key) => [key, key.toUpperCase()]))
const noLoad = (): never => expect.fail("`load` was called")

test("the misses of a hundred gets of one turn are loaded by one call, and nothing else is", async () => {
  const { holdfast, clock } = testBed()
  const many = gatedManySource<string>()
  const cache = holdfast.cache<string, string>({ ...policy, load: noLoad, loadMany: many.loadMany })
  const stored = ["k7", "k42", "k99"]
  const first = cache.getMany(stored)
  await clock.settle()
  many.calls[0]?.gate.resolve(upper(stored))
  await first
  const keys = Array.from({ length: 100 }, (_, at) => `k${at}`)
  const reading = Promise.all(keys.map((key) => cache.get(key)))
  await clock.settle()
  const misses = keys.filter((key) => !stored.includes(key))
  expect(many.calls.slice(1).map((call) => call.keys)).toEqual([misses])
  many.calls[1]?.gate.resolve(upper(misses))
  expect(await reading).toEqual(keys.map((key) => key.toUpperCase()))
  expect(cache.stats()).toMatchObject({ reads: 103, hits: 3, misses: 100, loads: 100, fills: 100 })
})

test("gets that begin in promises of one turn belong together, those of the next turn do not", async () => {
  const { holdfast, clock } = testBed()
  const many = gatedManySource<string>()
  const cache = holdfast.cache<string, string>({ ...policy, load: noLoad, loadMany: many.loadMany })
  const resolvers = ["a", "b", "c"].map(async (key, depth) => {
    for (let hop = 0; hop < depth * 20; hop += 1) await Promise.resolve()
    return cache.get(key)
  })
  await clock.settle()
  const next = ["d", "e"].map(async (key, depth) => {
    for (let hop = 0; hop < depth * 20; hop += 1) await Promise.resolve()
    return cache.get(key)
  })
  await clock.settle()
  const asked = many.calls.map(({ keys }) => keys)
  expect(asked).toEqual([
    ["a", "b", "c"],
    ["d", "e"],
  ])
  for (const { keys, gate } of many.calls) gate.resolve(upper(keys))
  expect(await Promise.all([...resolvers, ...next])).toEqual(["A", "B", "C", "D", "E"])
  await cache.invalidate("a")
  const again = cache.get("a")
  await clock.settle()
  expect(many.calls[2]?.keys).toEqual(["a"])
  many.calls[2]?.gate.resolve(upper(["a"]))
  expect(await again).toBe("A")
})

test("gets of one key in one turn are one load, and one of another turn shares it", async () => {
  const { holdfast, clock } = testBed()
  const many = gatedManySource<string>()
  const cache = holdfast.cache<string, string>({ ...policy, load: noLoad, loadMany: many.loadMany })
  const reading = ["a", "b", "a", "a"].map((key) => cache.get(key))
  await clock.settle()
  const joining = cache.get("a")
  await clock.settle()
  expect(many.calls.map(({ keys }) => keys)).toEqual([["a", "b"]])
  many.calls[0]?.gate.resolve(upper(["a", "b"]))
  expect(await Promise.all([...reading, joining])).toEqual(["A", "B", "A", "A", "A"])
})

test("a call takes at most `maxSize` keys, those of a getMany too", async () => {
  const { holdfast, clock } = testBed()
  const many = gatedManySource<string>()
  const cache = holdfast.cache<string, string>({
    ...policy,
    batch: { maxSize: 2 },
    load: noLoad,
    loadMany: many.loadMany,
  })
  const reading = Promise.all(["a", "b", "c", "d", "e"].map((key) => cache.get(key)))
  const together = cache.getMany(["x", "y", "z"])
  await clock.settle()
  const asked = many.calls.map(({ keys }) => keys)
  expect(asked).toEqual([["x", "y"], ["z"], ["a", "b"], ["c", "d"], ["e"]])
  for (const { keys, gate } of many.calls) gate.resolve(upper(keys))
  expect(await reading).toEqual(["A", "B", "C", "D", "E"])
  expect(await together).toEqual(["X", "Y", "Z"])
})

test("hits are answered while the others of their turn still look", async () => {
  const gate = deferred<void>()
  const { holdfast, clock } = testBed((store) =>
    overriding(store, {
      look: async (address) => {
        if (address.value.includes("slow")) await gate.promise
        return store.look(address)
      },
    }),
  )
  const many = gatedManySource<string>()
  const cache = holdfast.cache<string, string>({ ...policy, load: noLoad, loadMany: many.loadMany })
  const first = cache.get("hit")
  await clock.settle()
  many.calls[0]?.gate.resolve(upper(["hit"]))
  await first
  const slow = Promise.all([cache.get("slow"), cache.get("slow")])
  const miss = cache.get("miss")
  expect(await cache.get("hit")).toBe("HIT")
  await clock.settle()
  expect(many.calls).toHaveLength(1)
  gate.resolve()
  await clock.settle()
  expect(many.calls[1]?.keys.toSorted()).toEqual(["miss", "slow"])
  many.calls[1]?.gate.resolve(upper(["miss", "slow"]))
  expect(await Promise.all([slow, miss])).toEqual([["SLOW", "SLOW"], "MISS"])
})

test("a near copy is answered at once, and what is missing beside it is loaded together", async () => {
  const { holdfast, clock } = testBed(undefined, { nearTier })
  const many = gatedManySource<string>()
  const cache = holdfast.cache({ ...policy, local: {}, load: async (id: string) => id, loadMany: many.loadMany })
  await cache.refresh("near")
  const misses = Promise.all([cache.get("a"), cache.get("b")])
  expect(await cache.get("near", { timeout: "1s" })).toBe("near")
  expect(many.calls).toHaveLength(0)
  await clock.settle()
  expect(many.calls.map(({ keys }) => keys)).toEqual([["a", "b"]])
  many.calls[0]?.gate.resolve(upper(["a", "b"]))
  expect(await misses).toEqual(["A", "B"])
  expect(cache.stats()).toMatchObject({ nearHits: 1 })
})

test("a key that somebody else loads holds no other up, and is loaded by a call of its own if it must be", async () => {
  const { holdfast, peer, clock } = testBed()
  const many = gatedManySource<string>()
  const cache = holdfast.cache<string, string>({ ...policy, load: noLoad, loadMany: many.loadMany })
  const held = await peer()
    .cache<string, string>({ ...policy, load: noLoad, loadMany: many.loadMany })
    .lookup("held")
  const reading = Promise.all([cache.get("held"), cache.get("a")])
  await clock.settle()
  expect(many.calls.map(({ keys }) => keys)).toEqual([["a"]])
  if (!held.hit) await held.release()
  await clock.settle()
  expect(many.calls.map(({ keys }) => keys)).toEqual([["a"], ["held"]])
  for (const { keys, gate } of many.calls) gate.resolve(upper(keys))
  expect(await reading).toEqual(["HELD", "A"])
})

test("each caller gets what its own load failed with: the loader's error itself, or that of its value", async () => {
  const { holdfast } = testBed()
  const boom = new Error("boom")
  const failing = holdfast.cache<string, string>({ ...policy, load: noLoad, loadMany: () => Promise.reject(boom) })
  const outcomes = await Promise.allSettled([failing.get("a"), failing.get("b")])
  expect(outcomes.map((outcome) => outcome.status === "rejected" && outcome.reason === boom)).toEqual([true, true])
  const half = holdfast.cache<string, unknown>({
    ...policy,
    name: "half",
    load: noLoad,
    loadMany: (ids) => new Map(ids.map((id) => [id, id === "bad" ? () => 1 : id])),
  })
  expect(await Promise.allSettled([half.get("good"), half.get("bad")])).toMatchObject([
    { value: "good" },
    { reason: { code: "VALUE_NOT_ENCODABLE" } },
  ])
})

test("a caller who leaves takes its key out, and the last one aborts the call", async () => {
  const { holdfast, clock } = testBed()
  const many = gatedManySource<string>()
  const cache = holdfast.cache<string, string>({ ...policy, load: noLoad, loadMany: many.loadMany })
  const controls = [new AbortController(), new AbortController(), new AbortController()]
  const outcomes = Promise.allSettled(
    ["a", "b", "c"].map((key, at) => cache.get(key, { signal: controls[at]!.signal })),
  )
  controls[0]?.abort(new Error("a leaves"))
  await clock.settle()
  expect(many.calls.map(({ keys }) => keys)).toEqual([["b", "c"]])
  controls[1]?.abort(new Error("b leaves"))
  await clock.settle()
  expect(many.calls[0]?.signal.aborted).toBe(false)
  controls[2]?.abort(new Error("c leaves"))
  await clock.settle()
  expect(many.calls[0]?.signal.aborted).toBe(true)
  expect(await outcomes).toMatchObject(["a leaves", "b leaves", "c leaves"].map((message) => ({ reason: { message } })))
})

test("stale entries of one turn are refreshed by one call", async () => {
  const { holdfast, clock } = testBed()
  const many = gatedManySource<string>()
  const cache = holdfast.cache<string, string>({ ...policy, grace: "1m", load: noLoad, loadMany: many.loadMany })
  const first = cache.getMany(["a", "b"])
  await clock.settle()
  many.calls[0]?.gate.resolve(upper(["a", "b"]))
  await first
  await clock.advance(10_000)
  expect(await Promise.all([cache.get("a"), cache.get("b")])).toEqual(["A", "B"])
  await clock.settle()
  expect(many.calls.slice(1).map(({ keys, context }) => [keys, context.reason])).toEqual([[["a", "b"], "stale"]])
})

test("refresh loads by itself, and so does a get unless the cache gathers", async () => {
  const { holdfast, clock } = testBed()
  const one = gatedSource<string>()
  const many = gatedManySource<string>()
  for (const batch of [undefined, false] as const) {
    const cache = holdfast.cache({
      ...policy,
      name: `item-${batch}`,
      batch,
      load: one.load,
      loadMany: many.loadMany,
    } as never)
    const reading = (cache as unknown as { get(key: string): Promise<string> }).get("a")
    await clock.settle()
    one.calls.at(-1)?.gate.resolve("one")
    expect(await reading).toBe("one")
  }
  const cache = holdfast.cache<string, string>({ ...policy, load: one.load, loadMany: many.loadMany })
  const reading = cache.refresh("a")
  await clock.settle()
  one.calls.at(-1)?.gate.resolve("fresh")
  expect(await reading).toBe("fresh")
  expect([one.calls.length, many.calls.length]).toEqual([3, 0])
})

test("options that make no sense are refused by name", () => {
  const { holdfast } = testBed()
  const make = (options: object) => () =>
    holdfast.cache({ name: "item", ttl: "10s", load: () => 1, loadMany: () => new Map(), ...options } as never)
  expect(make({ batch: true, loadMany: undefined })).toThrow("`batch` needs `loadMany`")
  for (const batch of ["yes", 5, null]) expect(make({ batch })).toThrow("`batch` must be")
  for (const maxSize of [0, 1.5, "10"]) expect(make({ batch: { maxSize } })).toThrow("`batch.maxSize`")
  make({ batch: {} })()
})
