import { expect, test } from "vitest"
import { gatedManySource, gatedSource, testBed } from "./cache.fixture.ts"

const policy = { ttl: "10s", jitter: "0%" } as const
const values = (...pairs: [string, string][]): Map<string, string> => new Map(pairs)

test("a caller of many keys is detached with its signal's reason, and the load goes on for the others", async () => {
  const { holdfast, clock } = testBed()
  const many = gatedManySource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => "one", loadMany: many.loadMany })
  const control = new AbortController()
  const leaving = cache.getMany(["a", "b"], { signal: control.signal })
  const staying = cache.get("b")
  await clock.settle()
  const reason = new Error("not needed any more")
  control.abort(reason)
  await expect(leaving).rejects.toBe(reason)
  expect(many.calls[0]?.signal.aborted).toBe(false)
  expect(cache.stats()).toMatchObject({ reads: 3, failures: 2 })
  many.calls[0]?.gate.resolve(values(["a", "A"], ["b", "B"]))
  expect(await staying).toBe("B")
  await clock.settle()
  expect(cache.stats()).toMatchObject({ reads: 3, failures: 2, misses: 1 })
})

test("when nobody waits for any of its keys any more, loadMany is aborted", async () => {
  const { holdfast, clock } = testBed()
  const one = gatedSource<string>()
  const many = gatedManySource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: one.load, loadMany: many.loadMany })
  const first = new AbortController()
  const second = new AbortController()
  const leaving = Promise.allSettled([
    cache.getMany(["a", "b"], { signal: first.signal }),
    cache.get("b", { signal: second.signal }),
  ])
  await clock.settle()
  first.abort()
  await clock.settle()
  expect(many.calls[0]?.signal.aborted).toBe(false)
  second.abort()
  expect(many.calls[0]?.signal.aborted).toBe(true)
  expect(await leaving).toMatchObject([{ status: "rejected" }, { status: "rejected" }])
  await clock.settle()
  expect((await cache.explain("a")).lease).toBeUndefined()
  const next = cache.get("a")
  await clock.settle()
  one.calls[0]?.gate.resolve("one")
  expect(await next).toBe("one")
})

test("a caller who has left before the loads were gathered loads nothing", async () => {
  const { holdfast, clock } = testBed()
  const many = gatedManySource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => "one", loadMany: many.loadMany })
  const control = new AbortController()
  const leaving = cache.getMany(["a", "b"], { signal: control.signal })
  control.abort()
  await expect(leaving).rejects.toMatchObject({ name: "AbortError" })
  await clock.settle()
  expect(many.calls).toHaveLength(0)
  expect((await cache.explain("a")).lease).toBeUndefined()
  const { reads } = cache.stats()
  await expect(cache.getMany(["a"], { signal: control.signal })).rejects.toMatchObject({ name: "AbortError" })
  expect(cache.stats().reads).toBe(reads)
})

test("a key that nobody wants any more is not asked for when the batch gets its place", async () => {
  const { holdfast, clock } = testBed()
  const one = gatedSource<string>()
  const many = gatedManySource<string>()
  const options = { ...policy, sourceConcurrency: 1, load: one.load, loadMany: many.loadMany }
  const cache = holdfast.cache({ name: "item", ...options })
  const first = cache.get("first")
  await clock.settle()
  const control = new AbortController()
  const leaving = Promise.allSettled([cache.getMany(["a", "b"], { signal: control.signal })])
  const staying = cache.get("b")
  await clock.settle()
  control.abort()
  await leaving
  one.calls[0]?.gate.resolve("one")
  expect(await first).toBe("one")
  await clock.settle()
  expect(many.calls.map(({ keys }) => keys)).toEqual([["b"]])
  many.calls[0]?.gate.resolve(values(["b", "B"]))
  expect(await staying).toBe("B")
})

test("a caller's timeout detaches it, and what was read until then stays counted as read", async () => {
  const { holdfast, clock } = testBed()
  const many = gatedManySource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => "one", loadMany: many.loadMany })
  await cache.get("a")
  const outcomes = Promise.allSettled([cache.getMany(["a", "b"], { timeout: "100ms" })])
  await clock.advance(100)
  expect(await outcomes).toMatchObject([{ status: "rejected", reason: { code: "CALL_TIMEOUT" } }])
  expect(cache.stats()).toMatchObject({ reads: 3, hits: 1, failures: 1 })
  expect(many.calls[0]?.signal.aborted).toBe(true)
})

test("the load timeout bounds a loadMany that hangs, and its place is given back", async () => {
  const { holdfast, clock } = testBed()
  const one = gatedSource<string>()
  const many = gatedManySource<string>()
  const options = {
    ...policy,
    sourceConcurrency: 1,
    loadTimeout: "3s",
    load: one.load,
    loadMany: many.loadMany,
  } as const
  const cache = holdfast.cache({ name: "item", ...options })
  const outcomes = Promise.allSettled([cache.getMany(["a", "b"])])
  await clock.advance(3_000)
  const [outcome] = await outcomes
  expect(outcome).toMatchObject({ reason: { code: "BATCH_PARTIAL", cause: { code: "LOAD_TIMEOUT" } } })
  expect(many.calls[0]?.signal.aborted).toBe(true)
  const next = cache.get("c")
  await clock.settle()
  one.calls[0]?.gate.resolve("one")
  expect(await next).toBe("one")
})

test("a batch takes one place of sourceConcurrency, whatever the number of its keys", async () => {
  const { holdfast, clock } = testBed()
  const one = gatedSource<string>()
  const many = gatedManySource<string>()
  const options = { ...policy, sourceConcurrency: 2, load: one.load, loadMany: many.loadMany }
  const cache = holdfast.cache({ name: "item", ...options })
  const batch = cache.getMany(["a", "b", "c"])
  const single = [cache.get("x"), cache.get("y")]
  await clock.settle()
  expect([one.calls.length, many.calls.length]).toEqual([1, 1])
  many.calls[0]?.gate.resolve(values(["a", "A"], ["b", "B"], ["c", "C"]))
  expect(await batch).toEqual(["A", "B", "C"])
  await clock.settle()
  expect(one.calls).toHaveLength(2)
  for (const { gate } of one.calls) gate.resolve("one")
  expect(await Promise.all(single)).toEqual(["one", "one"])
})
