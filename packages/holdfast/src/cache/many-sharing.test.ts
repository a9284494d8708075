import { expect, test } from "vitest"
import { gatedManySource, gatedSource, overriding, testBed } from "./cache.fixture.ts"
import { deferred } from "../internal/deferred.ts"

const policy = { ttl: "10s", jitter: "0%" } as const
const values = (...pairs: [string, string][]): Map<string, string> => new Map(pairs)

test("a key that a single get is loading is shared, and not loaded with the others", async () => {
  const { holdfast, clock } = testBed()
  const one = gatedSource<string>()
  const many = gatedManySource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: one.load, loadMany: many.loadMany })
  const single = cache.get("a")
  await clock.settle()
  const batch = cache.getMany(["a", "b"])
  await clock.settle()
  expect(many.calls.map(({ keys }) => keys)).toEqual([["b"]])
  many.calls[0]?.gate.resolve(values(["b", "many"]))
  one.calls[0]?.gate.resolve("one")
  expect(await batch).toEqual(["one", "many"])
  expect(await single).toBe("one")
})

test("a single get of a key that a batch is loading shares that load", async () => {
  const { holdfast, clock } = testBed()
  const one = gatedSource<string>()
  const many = gatedManySource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: one.load, loadMany: many.loadMany })
  const batch = cache.getMany(["a", "b"])
  const early = cache.get("a")
  await clock.settle()
  const late = cache.get("b")
  await clock.settle()
  many.calls[0]?.gate.resolve(values(["a", "A"], ["b", "B"]))
  expect(await Promise.all([early, late])).toEqual(["A", "B"])
  expect(await batch).toEqual(["A", "B"])
  expect([one.calls.length, many.calls.length]).toEqual([0, 1])
})

test("batches that cross share their loads, and none waits for the other before it loads", async () => {
  const { holdfast, clock } = testBed()
  const many = gatedManySource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => "one", loadMany: many.loadMany })
  const first = cache.getMany(["a", "b"])
  const second = cache.getMany(["c", "b", "a"])
  await clock.settle()
  expect(many.calls.map(({ keys }) => keys)).toEqual([["a", "b"], ["c"]])
  many.calls[1]?.gate.resolve(values(["c", "C"]))
  many.calls[0]?.gate.resolve(values(["a", "A"], ["b", "B"]))
  expect(await first).toEqual(["A", "B"])
  expect(await second).toEqual(["C", "B", "A"])
})

test("what another process loads is waited for only after the own wins are loaded and filled", async () => {
  const { holdfast, peer, clock } = testBed()
  const elsewhere = gatedSource<string>()
  const many = gatedManySource<string>()
  const other = peer().cache({ name: "item", ...policy, load: elsewhere.load })
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => "one", loadMany: many.loadMany })
  const theirs = other.get("a")
  await clock.settle()
  const batch = cache.getMany(["a", "b", "c"])
  await clock.settle()
  expect(many.calls.map(({ keys }) => keys)).toEqual([["b", "c"]])
  many.calls[0]?.gate.resolve(values(["b", "B"], ["c", "C"]))
  await clock.settle()
  expect([await other.peek("b"), await other.peek("c")]).toEqual(["B", "C"])
  elsewhere.calls[0]?.gate.resolve("theirs")
  expect(await batch).toEqual(["theirs", "B", "C"])
  expect(await theirs).toBe("theirs")
  expect(many.calls).toHaveLength(1)
})

test("keys that were waited for in vain are loaded by a further call", async () => {
  const { holdfast, peer, clock } = testBed()
  const elsewhere = gatedSource<string>()
  const many = gatedManySource<string>()
  const other = peer().cache({ name: "item", ...policy, load: elsewhere.load })
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => "one", loadMany: many.loadMany })
  const control = new AbortController()
  const theirs = other.get("a", { signal: control.signal })
  theirs.catch(() => {})
  await clock.settle()
  const batch = cache.getMany(["a", "b"])
  await clock.settle()
  control.abort()
  await clock.settle()
  expect(many.calls.map(({ keys }) => keys)).toEqual([["b"], ["a"]])
  many.calls[0]?.gate.resolve(values(["b", "B"]))
  many.calls[1]?.gate.resolve(values(["a", "A"]))
  expect(await batch).toEqual(["A", "B"])
  expect(await cache.peek("a")).toBe("A")
})

test("a failure in another process fails its key alone", async () => {
  const { holdfast, peer, clock } = testBed()
  const elsewhere = gatedSource<string>()
  const other = peer().cache({ name: "item", ...policy, load: elsewhere.load })
  const loadMany = (ids: readonly string[]): Map<string, string> => new Map(ids.map((id) => [id, id]))
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => "one", loadMany })
  other.get("a").catch(() => {})
  await clock.settle()
  const outcome = Promise.allSettled([cache.getMany(["a", "b"])])
  await clock.settle()
  elsewhere.calls[0]?.gate.reject(new Error("boom"))
  expect(await outcome).toMatchObject([{ reason: { code: "BATCH_PARTIAL", values: values(["b", "b"]) } }])
})

test("a value that was invalidated while it was loaded is served to its caller and not kept", async () => {
  const { holdfast, clock } = testBed()
  const one = gatedSource<string>()
  const many = gatedManySource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: one.load, loadMany: many.loadMany })
  const batch = cache.getMany(["a", "b"])
  await clock.settle()
  await cache.invalidate("a")
  const after = cache.get("a")
  await clock.settle()
  expect(one.calls).toHaveLength(1)
  many.calls[0]?.gate.resolve(values(["a", "old"], ["b", "B"]))
  expect(await batch).toEqual(["old", "B"])
  expect([await cache.peek("a"), await cache.peek("b")]).toEqual([undefined, "B"])
  one.calls[0]?.gate.resolve("new")
  expect(await after).toBe("new")
})

test("entries within grace are served at once, and one call refreshes them, apart from the misses", async () => {
  const { holdfast, clock } = testBed()
  const many = gatedManySource<string>()
  const load = async (id: string): Promise<string> => `${id}1`
  const cache = holdfast.cache({ name: "item", ...policy, grace: "60s", load, loadMany: many.loadMany })
  await Promise.all([cache.get("a"), cache.get("b")])
  await clock.advance(10_000)
  const batch = cache.getMany(["a", "b", "c"])
  await clock.settle()
  const told = many.calls.map(({ keys, context: { reason, previous } }) => ({ keys, reason, previous: [...previous] }))
  expect(told).toEqual([
    { keys: ["c"], reason: "miss", previous: [] },
    {
      keys: ["a", "b"],
      reason: "stale",
      previous: [
        ["a", "a1"],
        ["b", "b1"],
      ],
    },
  ])
  many.calls[0]?.gate.resolve(values(["c", "c1"]))
  expect(await batch).toEqual(["a1", "b1", "c1"])
  many.calls[1]?.gate.resolve(values(["a", "a2"], ["b", "b2"]))
  await clock.settle()
  expect(await cache.getMany(["a", "b", "c"])).toEqual(["a2", "b2", "c1"])
  expect(many.calls).toHaveLength(2)
})

test("a key whose look takes longer is waited for, because it may need a load too", async () => {
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
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => "one", loadMany: many.loadMany })
  const batch = cache.getMany(["a", "slow"])
  await clock.settle()
  expect(many.calls).toHaveLength(0)
  gate.resolve()
  await clock.settle()
  expect(many.calls.map(({ keys }) => keys)).toEqual([["a", "slow"]])
  many.calls[0]?.gate.resolve(values(["a", "A"], ["slow", "S"]))
  expect(await batch).toEqual(["A", "S"])
})
