import { expect, test } from "vitest"
import type { RenewRequest } from "../contracts/store.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { overriding, testBed, type TestBed } from "./cache.fixture.ts"
import type { ReadThroughCache } from "./cache-kinds.ts"

const policy = { name: "item", ttl: "10s", jitter: "0%", sliding: { absoluteTtl: "25s" } } as const

/** A cache that counts its loads and the renewals that it sends. */
function sliding(options: object = {}): TestBed & {
  cache: ReadThroughCache<string, number>
  renewals: RenewRequest[]
  loads: () => number
} {
  const renewals: RenewRequest[] = []
  const bed: TestBed = testBed((store) =>
    overriding(store, {
      renew: (address, request) => {
        renewals.push(request)
        return store.renew(address, request)
      },
    }),
  )
  let loads = 0
  const cache = bed.holdfast.cache<string, number>({ ...policy, ...options, load: async () => (loads += 1) })
  return { ...bed, cache, renewals, loads: () => loads }
}

test("reading renews the ttl, until the absolute ttl, to the millisecond", async () => {
  const { cache, clock, loads } = sliding()
  await cache.get("a")
  for (const ms of [9_000, 9_000, 6_999]) {
    await clock.advance(ms)
    expect(await cache.get("a")).toBe(1)
    await clock.settle()
  }
  await clock.advance(1)
  expect(await cache.get("a")).toBe(2)
  expect(loads()).toBe(2)
})

test("an entry that is not read ends with its ttl", async () => {
  const { cache, clock } = sliding()
  await cache.get("a")
  await clock.advance(5_000)
  await cache.get("a")
  await clock.settle()
  await clock.advance(9_999)
  expect(await cache.peek("a")).toBe(1)
  await clock.advance(1)
  expect(await cache.peek("a")).toBeUndefined()
})

test("at most one renewal is sent per tenth of the ttl, however many read", async () => {
  const { cache, clock, renewals } = sliding()
  await cache.get("a")
  await clock.advance(999)
  await Promise.all(Array.from({ length: 50 }, () => cache.get("a")))
  expect(renewals).toHaveLength(0)
  await clock.advance(1)
  await Promise.all(Array.from({ length: 50 }, () => cache.get("a")))
  await clock.settle()
  await cache.get("a")
  expect(renewals).toHaveLength(1)
})

test("peek renews nothing", async () => {
  const { cache, clock, renewals } = sliding()
  await cache.get("a")
  await clock.advance(5_000)
  await cache.peek("a")
  await clock.settle()
  expect(renewals).toHaveLength(0)
})

test("a hit of lookup renews", async () => {
  const { holdfast, clock } = testBed()
  const cache = holdfast.cache<string, string>({ ...policy })
  await cache.put("a", "v")
  for (let read = 0; read < 2; read += 1) {
    await clock.advance(9_000)
    expect(await cache.lookup("a")).toEqual({ hit: true, value: "v" })
    await clock.settle()
  }
})

test("with grace, the entry is kept for its grace after the renewed ttl", async () => {
  const { cache, clock } = sliding({ grace: "1m" })
  await cache.get("a")
  await clock.advance(9_000)
  await cache.get("a")
  await clock.settle()
  await clock.advance(60_000)
  expect(await cache.peek("a")).toBe(1)
  // The server keeps an entry until its last millisecond has passed.
  await clock.advance(10_000)
  expect(await cache.peek("a")).toBe(1)
  await clock.advance(1)
  expect(await cache.peek("a")).toBeUndefined()
})

test("an absence does not slide", async () => {
  const { holdfast, clock } = testBed()
  let loads = 0
  const load = async (_id: string): Promise<string | undefined> => {
    loads += 1
    return undefined
  }
  const cache = holdfast.cache({ ...policy, negativeTtl: "10s", load })
  await cache.get("a")
  await clock.advance(9_000)
  await cache.get("a")
  await clock.settle()
  await clock.advance(1_000)
  await cache.get("a")
  expect(loads).toBe(2)
})

test("an invalidation is not undone by a renewal that was on its way", async () => {
  const held: (() => void)[] = []
  const { holdfast, clock } = testBed((store) =>
    overriding(store, {
      renew: async (address, request) => {
        await new Promise<void>((resolve) => held.push(resolve))
        return store.renew(address, request)
      },
    }),
  )
  let value = "old"
  const cache = holdfast.cache({ ...policy, load: async (_id: string) => value })
  await cache.get("a")
  await clock.advance(5_000)
  await cache.get("a")
  value = "new"
  await cache.invalidate("a")
  expect(held).toHaveLength(1)
  held[0]?.()
  await clock.settle()
  expect(await cache.get("a")).toBe("new")
})

test("a renewal that fails costs the read nothing, and is tried again by the next one", async () => {
  let off = true
  const { holdfast, clock } = testBed((store) =>
    overriding(store, {
      renew: (address, request) =>
        off ? Promise.reject(new HoldfastError("STORE_UNAVAILABLE", "off.")) : store.renew(address, request),
    }),
  )
  const cache = holdfast.cache({ ...policy, load: async (_id: string) => "v" })
  await cache.get("a")
  await clock.advance(8_000)
  expect(await cache.get("a")).toBe("v")
  await clock.settle()
  expect(cache.stats()).toMatchObject({ storeErrors: 1, failures: 0 })
  off = false
  await cache.get("a")
  await clock.settle()
  await clock.advance(9_000)
  expect(await cache.peek("a")).toBe("v")
})

test("options that make no sense are refused by name", () => {
  const { holdfast } = testBed()
  const make = (options: object) => () => holdfast.cache({ name: "item", ttl: "10s", load: async () => 1, ...options })
  expect(make({ sliding: { absoluteTtl: "9s" } })).toThrow("`sliding.absoluteTtl` must not be shorter")
  expect(make({ sliding: { absoluteTtl: 60 } })).toThrow("`sliding.absoluteTtl`")
  expect(make({ sliding: {} })).toThrow("`sliding.absoluteTtl`")
  expect(make({ sliding: true })).toThrow("`sliding` must be `{ absoluteTtl }`")
  expect(make({ sliding: { absoluteTtl: "1m" }, refreshAhead: "1s" })).toThrow("`sliding` cannot be combined")
  expect(make({ sliding: { absoluteTtl: "1m" }, earlyRefresh: true })).toThrow("`sliding` cannot be combined")
})
