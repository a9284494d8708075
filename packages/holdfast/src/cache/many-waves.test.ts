import { expect, test } from "vitest"
import { deferred } from "../internal/deferred.ts"
import { gatedManySource, gatedSource, overriding, testBed } from "./cache.fixture.ts"

const policy = { ttl: "10m", jitter: "0%" } as const
const values = (...pairs: [string, string][]): Map<string, string> => new Map(pairs)

test("keys whose shared loads were refused are loaded together", async () => {
  const { holdfast, clock } = testBed()
  const one = gatedSource<string>()
  const many = gatedManySource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: one.load, loadMany: many.loadMany })
  const singles = [cache.get("a"), cache.get("b")]
  await clock.settle()
  const batch = cache.getMany(["a", "b"])
  await clock.settle()
  await Promise.all([cache.invalidate("a"), cache.invalidate("b")])
  for (const { gate } of one.calls) gate.resolve("old")
  expect(await Promise.all(singles)).toEqual(["old", "old"])
  await clock.settle()
  expect(many.calls.map(({ keys }) => keys)).toEqual([["a", "b"]])
  many.calls[0]?.gate.resolve(values(["a", "A"], ["b", "B"]))
  expect(await batch).toEqual(["A", "B"])
})

test("a key that asks for its lease once more is waited for, because it may win it", async () => {
  let asked = 0
  const gate = deferred<void>()
  const { holdfast, peer, clock } = testBed((store) =>
    overriding(store, {
      lease: async (address, request) => {
        if (address.value.includes("held") && (asked += 1) === 3) await gate.promise
        return store.lease(address, request)
      },
    }),
  )
  const elsewhere = gatedSource<string>()
  const many = gatedManySource<string>()
  const other = peer().cache({ name: "item", ...policy, load: elsewhere.load })
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => "one", loadMany: many.loadMany })
  await other.lookup("held")
  const control = new AbortController()
  other.get("b", { signal: control.signal }).catch(() => {})
  await clock.settle()
  const batch = cache.getMany(["held", "b"])
  await clock.advance(2000)
  control.abort()
  await clock.settle()
  expect([asked, many.calls.length]).toEqual([3, 0])
  gate.resolve()
  await clock.settle()
  expect(many.calls.map(({ keys }) => keys)).toEqual([["b"]])
  many.calls[0]?.gate.resolve(values(["b", "B"]))
  await clock.advance(2000)
  expect(many.calls.map(({ keys }) => keys)).toEqual([["b"], ["held"]])
  many.calls[1]?.gate.resolve(values(["held", "H"]))
  expect(await batch).toEqual(["H", "B"])
})

test("nobody waits for a key that has as many loads under way as are allowed", async () => {
  const { holdfast, clock } = testBed()
  const one = gatedSource<string>()
  const many = gatedManySource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: one.load, loadMany: many.loadMany })
  const singles: Promise<string | undefined>[] = []
  for (let round = 0; round < 2; round += 1) {
    singles.push(cache.get("a"))
    await clock.settle()
    await cache.invalidate("a")
  }
  const batch = cache.getMany(["a", "b"])
  await clock.settle()
  expect(many.calls.map(({ keys }) => keys)).toEqual([["b"]])
  many.calls[0]?.gate.resolve(values(["b", "B"]))
  for (const { gate } of one.calls) gate.resolve("old")
  await Promise.all(singles)
  await clock.settle()
  expect(many.calls.map(({ keys }) => keys)).toEqual([["b"], ["a"]])
  many.calls[1]?.gate.resolve(values(["a", "A"]))
  expect(await batch).toEqual(["A", "B"])
})

test("a key that shared three loads in vain is loaded by the batch, without a lease", async () => {
  const { holdfast, clock } = testBed()
  const one = gatedSource<string>()
  const many = gatedManySource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: one.load, loadMany: many.loadMany })
  let single = cache.get("a")
  await clock.settle()
  const batch = cache.getMany(["a"])
  await clock.settle()
  for (let round = 0; round < 3; round += 1) {
    await cache.invalidate("a")
    const next = round < 2 ? cache.get("a") : undefined
    await clock.settle()
    one.calls[round]?.gate.resolve("old")
    await single
    await clock.settle()
    if (next !== undefined) single = next
  }
  expect([one.calls.length, many.calls.length]).toEqual([3, 1])
  many.calls[0]?.gate.resolve(values(["a", "A"]))
  expect(await batch).toEqual(["A"])
  expect(await cache.peek("a")).toBeUndefined()
})
