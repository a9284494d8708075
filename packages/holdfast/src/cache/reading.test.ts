import { expect, test } from "vitest"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { gatedSource, overriding, switchable, testBed } from "./cache.fixture.ts"

const policy = { ttl: "10s", jitter: "0%", negativeTtl: "2s" } as const

test("a miss loads once and a hit loads nothing", async () => {
  const { holdfast } = testBed()
  let loads = 0
  const cache = holdfast.cache({ name: "item", ...policy, load: async (id: string) => ({ id, n: ++loads }) })
  expect(await cache.get("a")).toEqual({ id: "a", n: 1 })
  expect(await cache.get("a")).toEqual({ id: "a", n: 1 })
  expect(cache.stats()).toMatchObject({ reads: 2, hits: 1, misses: 1, loads: 1, hitRatio: 0.5 })
})

test("callers of one turn share one look, and callers during a load share the load", async () => {
  const { holdfast, clock } = testBed()
  const source = gatedSource<number>()
  const cache = holdfast.cache({ name: "item", ...policy, load: source.load })
  const early = Array.from({ length: 100 }, () => cache.get("a"))
  await clock.settle()
  const late = Array.from({ length: 100 }, () => cache.get("a"))
  await clock.settle()
  expect(source.calls).toHaveLength(1)
  source.calls[0]?.gate.resolve(1)
  expect(new Set(await Promise.all([...early, ...late]))).toEqual(new Set([1]))
  expect(source.calls).toHaveLength(1)
})

test("a load that began before an invalidation answers its early caller and is not kept", async () => {
  const { holdfast, clock } = testBed()
  const source = gatedSource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: source.load })
  const early = cache.get("a")
  await clock.settle()
  const joined = cache.get("a")
  await cache.invalidate("a")
  const after = cache.get("a")
  await clock.settle()
  expect(source.calls).toHaveLength(2)
  source.calls[0]?.gate.resolve("old")
  expect(await early).toBe("old")
  source.calls[1]?.gate.resolve("new")
  expect(await after).toBe("new")
  expect(await joined).toBe("new")
  expect(await cache.peek("a")).toBe("new")
})

test("one load per key across processes, and its waiters are woken by the fill", async () => {
  const { holdfast, peer, clock } = testBed()
  const source = gatedSource<string>()
  const mine = holdfast.cache({ name: "item", ...policy, load: source.load })
  const others = [peer(), peer(), peer()].map((other) => other.cache({ name: "item", ...policy, load: source.load }))
  const answers = [mine, ...others].flatMap((cache) => Array.from({ length: 50 }, () => cache.get("a")))
  await clock.settle()
  expect(source.calls).toHaveLength(1)
  source.calls[0]?.gate.resolve("v")
  expect(new Set(await Promise.all(answers))).toEqual(new Set(["v"]))
  expect(source.calls).toHaveLength(1)
})

test("a failed load fails its callers with the very error, waiters elsewhere with a code, and is tried again", async () => {
  const { holdfast, peer, clock } = testBed()
  const source = gatedSource<string>()
  const mine = holdfast.cache({ name: "item", ...policy, load: source.load })
  const other = peer().cache({ name: "item", ...policy, load: source.load })
  const a = mine.get("a")
  await clock.settle()
  const b = other.get("a")
  await clock.settle()
  const boom = new Error("boom")
  source.calls[0]?.gate.reject(boom)
  await expect(a).rejects.toBe(boom)
  await expect(b).rejects.toMatchObject({ code: "LOAD_FAILED_ELSEWHERE" })
  const again = mine.get("a")
  await clock.settle()
  source.calls[1]?.gate.resolve("v")
  expect(await again).toBe("v")
})

test("a waiter whose lease holder died takes over when the lease has ended", async () => {
  const { holdfast, store, clock } = testBed()
  const cache = holdfast.cache({ name: "item", ...policy, load: async () => "mine" })
  const { keys } = await cache.explain("a")
  const address = { ...keys, digestHigh: 0, digestLow: 0 } as never
  await store.lease(address, { token: "f".repeat(32), leaseMs: 1500, rejected: undefined })
  const answer = cache.get("a")
  await clock.settle()
  expect(cache.stats().loads).toBe(0)
  expect(await clock.runUntil(answer, 4000)).toBe("mine")
})

test("undefined and null are remembered for the negative ttl", async () => {
  const { holdfast, clock } = testBed()
  for (const [name, nothing] of [
    ["u", undefined],
    ["n", null],
  ] as const) {
    const cache = holdfast.cache({
      name,
      ...policy,
      load: async (_id: string): Promise<string | undefined | null> => nothing,
    })
    expect(await cache.get("a")).toBeUndefined()
    expect(await cache.get("a")).toBeUndefined()
    expect(cache.stats()).toMatchObject({ loads: 1, negativeHits: 1 })
    await clock.advance(2000)
    await cache.get("a")
    expect(cache.stats().loads).toBe(2)
  }
})

test("`negativeTtl: false` stores no absence", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({
    name: "n",
    ...policy,
    negativeTtl: false,
    load: async (_id: string): Promise<number | undefined> => undefined,
  })
  await cache.get("a")
  await cache.get("a")
  expect(cache.stats().loads).toBe(2)
})

test("the ttl ends to the millisecond, and grace serves the old value while one refresh runs", async () => {
  const { holdfast, clock } = testBed()
  const source = gatedSource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, grace: "5s", load: source.load })
  const first = cache.get("a")
  await clock.settle()
  source.calls[0]?.gate.resolve("v1")
  await first
  await clock.advance(9_999)
  expect(await cache.get("a")).toBe("v1")
  expect(source.calls).toHaveLength(1)
  await clock.advance(1)
  expect(await Promise.all([cache.get("a"), cache.get("a")])).toEqual(["v1", "v1"])
  expect(await cache.get("a")).toBe("v1")
  expect(source.calls).toHaveLength(2)
  source.calls[1]?.gate.resolve("v2")
  await clock.settle()
  expect(await cache.get("a")).toBe("v2")
})

test("a refresh that fails leaves the old value until its grace ends", async () => {
  const { holdfast, clock } = testBed()
  let fail = false
  const load = async (): Promise<string> => {
    if (fail) throw new Error("source down")
    return "v1"
  }
  const cache = holdfast.cache({ name: "item", ...policy, grace: "5s", load })
  await cache.get("a")
  fail = true
  await clock.advance(12_000)
  expect(await cache.get("a")).toBe("v1")
  await clock.settle()
  expect(await cache.get("a")).toBe("v1")
  await clock.advance(2_999)
  expect(await cache.get("a")).toBe("v1")
  await clock.advance(2)
  await expect(cache.get("a")).rejects.toThrow("source down")
})

test("a store that is away is the source's business, and callers of one turn share that load", async () => {
  let off = true
  const away = (): Error => new HoldfastError("STORE_UNAVAILABLE", "off.")
  const { holdfast } = testBed((store) => switchable(store, () => off, away))
  let loads = 0
  const cache = holdfast.cache({ name: "item", ...policy, load: async () => ++loads })
  expect(await Promise.all([cache.get("a"), cache.get("a"), cache.get("a")])).toEqual([1, 1, 1])
  off = false
  expect(await cache.get("a")).toBe(2)
  expect(await cache.get("a")).toBe(2)
})

test("refresh loads although the entry is fresh, and stores the result", async () => {
  const { holdfast } = testBed()
  let n = 0
  const cache = holdfast.cache({ name: "item", ...policy, load: async () => ++n })
  expect(await cache.get("a")).toBe(1)
  expect(await cache.refresh("a")).toBe(2)
  expect(await cache.get("a")).toBe(2)
})

test("values above maxValueBytes are served and not stored, with an event", async () => {
  const { holdfast, events } = testBed()
  const cache = holdfast.cache({ name: "item", ...policy, maxValueBytes: 10, load: async () => "x".repeat(100) })
  expect(await cache.get("a")).toHaveLength(100)
  expect(await cache.peek("a")).toBeUndefined()
  expect(events.some(({ name }) => name === "value-too-large")).toBe(true)
})

test("a value that the codec cannot carry fails a miss as it would fail a hit", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({ name: "item", ...policy, load: async () => ({ run: () => 1 }) })
  await expect(cache.get("a")).rejects.toMatchObject({ code: "VALUE_NOT_ENCODABLE" })
})

test("lookup gives a miss with a lease of its own, and an invalidation makes its fill a refusal", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache<string, string>({ name: "item", ...policy })
  const miss = await cache.lookup("a")
  if (miss.hit) throw new Error("expected a miss")
  expect(await miss.fill("v")).toBe(true)
  expect(await cache.lookup("a")).toEqual({ hit: true, value: "v" })
  await cache.invalidate("a")
  const second = await cache.lookup("a")
  if (second.hit) throw new Error("expected a miss")
  await cache.invalidate("a")
  expect(await second.fill("old")).toBe(false)
  expect(await cache.peek("a")).toBeUndefined()
})

test("within grace the old value is served if the source fails, although no lease can be had", async () => {
  let off = false
  const { holdfast, clock } = testBed((store) =>
    overriding(store, {
      lease: (address, request) =>
        off ? Promise.reject(new HoldfastError("STORE_UNAVAILABLE", "off.")) : store.lease(address, request),
    }),
  )
  let fail = false
  const load = async (_id: string): Promise<string> => {
    if (fail) throw new Error("source down")
    return "v1"
  }
  const cache = holdfast.cache({ name: "item", ttl: "10s", jitter: "0%", grace: "10s", load })
  await cache.get("a")
  await clock.advance(11_000)
  off = true
  fail = true
  expect(await cache.get("a")).toBe("v1")
})

test("a refresh answers what was loaded after it was asked for", async () => {
  const { holdfast, peer, clock } = testBed()
  const source = gatedSource<string>()
  const other = peer().cache({ name: "item", ...policy, load: source.load })
  const cache = holdfast.cache({ name: "item", ...policy, load: source.load })
  void other.get("a")
  await clock.settle()
  const refreshing = cache.refresh("a")
  await clock.settle()
  source.calls[0]?.gate.resolve("older")
  await clock.settle()
  expect(source.calls).toHaveLength(2)
  source.calls[1]?.gate.resolve("newer")
  expect(await refreshing).toBe("newer")
  expect(await cache.peek("a")).toBe("newer")
})

test("an expire during a background refresh starts another one, because the first can no longer fill", async () => {
  const { holdfast, peer, clock } = testBed()
  const source = gatedSource<string>()
  const options = { name: "item", ttl: "10s", jitter: "0%", grace: "60s", load: source.load } as const
  const cache = holdfast.cache(options)
  const other = peer().cache(options)
  const first = cache.get("a")
  await clock.settle()
  source.calls[0]?.gate.resolve("v1")
  await first
  await clock.advance(10_000)
  expect(await cache.get("a")).toBe("v1")
  expect(source.calls).toHaveLength(2)
  await other.invalidate("a", { expire: true })
  await clock.settle()
  expect(await cache.get("a")).toBe("v1")
  expect(source.calls).toHaveLength(3)
})

test("a refresh loads although its look missed the entry that its lease then finds", async () => {
  let blind = false
  const { holdfast } = testBed((store) =>
    overriding(store, {
      look: async (address) => {
        const bytes = await store.look(address)
        const seen = blind ? undefined : bytes
        blind = false
        return seen
      },
    }),
  )
  let loads = 0
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => ++loads })
  await cache.get("a")
  blind = true
  expect(await cache.refresh("a")).toBe(2)
})
