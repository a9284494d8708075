import { expect, test } from "vitest"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { gatedSource, overriding, testBed, type GatedSource, type TestBed } from "./cache.fixture.ts"
import type { LoadContext } from "./cache-options.ts"
import type { ReadThroughCache } from "./cache-kinds.ts"

const policy = { name: "item", ttl: "10s", jitter: "0%" } as const

/** A cache of one process that holds v1 since now. */
async function stocked(
  bed: TestBed,
  source: GatedSource<string>,
  options: object,
): Promise<ReadThroughCache<string, string>> {
  const cache = bed.holdfast.cache<string, string>({ ...policy, ...options, load: source.load })
  const first = cache.get("a")
  await bed.clock.settle()
  source.calls[0]?.gate.resolve("v1")
  await first
  return cache
}

test("refreshAhead refreshes once in the background, from the very millisecond, and serves the entry meanwhile", async () => {
  const bed = testBed()
  const source = gatedSource<string>()
  const cache = await stocked(bed, source, { refreshAhead: "2s" })
  await bed.clock.advance(7_999)
  expect(await cache.get("a")).toBe("v1")
  await bed.clock.settle()
  expect(source.calls).toHaveLength(1)
  await bed.clock.advance(1)
  for (let read = 0; read < 5; read += 1) expect(await cache.get("a")).toBe("v1")
  expect(source.calls).toHaveLength(2)
  source.calls[1]?.gate.resolve("v2")
  await bed.clock.settle()
  expect(await cache.get("a")).toBe("v2")
  expect(cache.stats()).toMatchObject({ misses: 1, stale: 0, loads: 2, fills: 2 })
})

test("a share counts from the end of the entry's own ttl", async () => {
  const bed = testBed()
  const source = gatedSource<string>()
  const cache = await stocked(bed, source, { refreshAhead: "10%" })
  await bed.clock.advance(8_999)
  await cache.get("a")
  expect(source.calls).toHaveLength(1)
  await bed.clock.advance(1)
  await cache.get("a")
  await bed.clock.settle()
  expect(source.calls).toHaveLength(2)
})

test("an early refresh is told its reason and what it replaces", async () => {
  const { holdfast, clock } = testBed()
  const told: [LoadContext["reason"], unknown][] = []
  const load = async (_id: string, { reason, previous }: LoadContext): Promise<string> => {
    told.push([reason, previous])
    return `v${told.length}`
  }
  const cache = holdfast.cache({ ...policy, refreshAhead: "2s", load })
  await cache.get("a")
  await clock.advance(8_000)
  await cache.get("a")
  await clock.settle()
  expect(told).toEqual([
    ["miss", undefined],
    ["early", "v1"],
  ])
})

test("of several processes that find the entry due one refreshes it, and the others leave it alone for a second", async () => {
  const bed = testBed()
  const source = gatedSource<string>()
  const mine = await stocked(bed, source, { refreshAhead: "5s" })
  const asked: string[] = []
  const through = overriding(bed.store, {
    lease: async (address, request) => {
      const answer = await bed.store.lease(address, request)
      asked.push(answer.is)
      return answer
    },
  })
  const other = bed.peer(through).cache({ ...policy, refreshAhead: "5s", load: source.load })
  await bed.clock.advance(5_000)
  await mine.get("a")
  for (let read = 0; read < 5; read += 1) {
    expect(await other.get("a")).toBe("v1")
    await bed.clock.settle()
  }
  expect(source.calls).toHaveLength(2)
  expect(asked).toEqual(["stale"])
  await bed.clock.advance(1_000)
  await other.get("a")
  await bed.clock.settle()
  expect(asked).toEqual(["stale", "stale"])
})

test("an early refresh that was overtaken by an invalidation is not stored, and the next read loads", async () => {
  const bed = testBed()
  const source = gatedSource<string>()
  const cache = await stocked(bed, source, { refreshAhead: "2s" })
  await bed.clock.advance(8_000)
  await cache.get("a")
  await bed.clock.settle()
  await cache.invalidate("a")
  source.calls[1]?.gate.resolve("old")
  await bed.clock.settle()
  const next = cache.get("a")
  await bed.clock.settle()
  expect(source.calls).toHaveLength(3)
  source.calls[2]?.gate.resolve("new")
  expect(await next).toBe("new")
})

for (const [when, options, atMs] of [
  ["early", { refreshAhead: "5s" }, 6_000],
  ["past the ttl", { grace: "1m" }, 11_000],
] as const) {
  test(`a refresh that fails ${when} is not repeated by every read, but within a second`, async () => {
    const bed = testBed()
    const source = gatedSource<string>()
    const cache = await stocked(bed, source, options)
    await bed.clock.advance(atMs)
    await cache.get("a")
    await bed.clock.settle()
    source.calls[1]?.gate.reject(new Error("source down"))
    await bed.clock.settle()
    for (let read = 0; read < 5; read += 1) expect(await cache.get("a")).toBe("v1")
    await bed.clock.advance(499)
    expect(await cache.get("a")).toBe("v1")
    await bed.clock.settle()
    expect(source.calls).toHaveLength(2)
    await bed.clock.advance(501)
    expect(await cache.get("a")).toBe("v1")
    await bed.clock.settle()
    expect(source.calls).toHaveLength(3)
  })
}

/** Between two reads, in milliseconds. */
const stepMs = 10

/** When the refreshes of a key that is read all the time begin, if each fails at once but the one of this number. */
async function attemptsMs(grace: string, untilMs: number, succeeding?: number): Promise<number[]> {
  const bed = testBed()
  const attempts: number[] = []
  let filled = false
  const cache = bed.holdfast.cache({
    ...policy,
    grace: grace as "1h",
    local: false,
    load: async (_id: string) => {
      if (!filled) return "v1"
      attempts.push(bed.clock.monotonic())
      if (attempts.length - 1 !== succeeding) throw new Error("source down")
      return "v2"
    },
  })
  await cache.get("a")
  filled = true
  await bed.clock.advance(10_000)
  for (const endMs = bed.clock.monotonic() + untilMs; bed.clock.monotonic() < endMs; await bed.clock.advance(stepMs)) {
    await cache.get("a")
    await bed.clock.settle()
  }
  return attempts
}

for (const [grace, ceilings] of [
  ["1h", [1_000, 2_000, 4_000, 8_000, 16_000, 30_000]],
  ["1m", [1_000, 2_000, 4_000, 6_000, 6_000]],
  ["5s", [1_000, 1_000]],
] as const) {
  test(`refreshes that fail again and again come ever less often, with a grace of ${grace}`, async () => {
    const untilMs = ceilings.reduce((sum, ms) => sum + ms, 0)
    const attempts = await attemptsMs(grace, untilMs)
    expect(attempts.length).toBeGreaterThan(ceilings.length)
    ceilings.forEach((ceilingMs, at) => {
      const waitMs = (attempts[at + 1] ?? 0) - (attempts[at] ?? 0)
      expect(waitMs, `after failure ${at + 1}`).toBeGreaterThanOrEqual(ceilingMs / 2)
      expect(waitMs, `after failure ${at + 1}`).toBeLessThanOrEqual(ceilingMs + stepMs)
    })
  })
}

test("a refresh that succeeds lets the next failure begin anew", async () => {
  const attempts = await attemptsMs("1h", 30_000, 3)
  const waitMs = (attempts[5] ?? 0) - (attempts[4] ?? 0)
  expect((attempts[4] ?? 0) - (attempts[3] ?? 0), "the ttl of what was stored").toBe(10_000)
  expect(waitMs).toBeLessThanOrEqual(1_000 + stepMs)
})

test("if no lease can be had for it, the entry is served and nothing is loaded", async () => {
  const bed = testBed((store) =>
    overriding(store, {
      lease: (address, request) =>
        request.early === undefined
          ? store.lease(address, request)
          : Promise.reject(new HoldfastError("STORE_UNAVAILABLE", "off.")),
    }),
  )
  const source = gatedSource<string>()
  const cache = await stocked(bed, source, { refreshAhead: "2s" })
  await bed.clock.advance(9_000)
  expect(await cache.get("a")).toBe("v1")
  await bed.clock.settle()
  expect(source.calls).toHaveLength(1)
  expect(cache.stats()).toMatchObject({ failures: 0, storeErrors: 1 })
})

test("earlyRefresh refreshes a dear entry before its end, and never one that cost nothing", async () => {
  const bed = testBed()
  const source = gatedSource<string>()
  const cache = bed.holdfast.cache<string, string>({ ...policy, earlyRefresh: { beta: 1 }, load: source.load })
  const first = cache.get("dear")
  await bed.clock.advance(3_000)
  source.calls[0]?.gate.resolve("v1")
  await first
  const free = cache.get("free")
  await bed.clock.settle()
  source.calls[1]?.gate.resolve("v1")
  await free
  // Each read draws: by the formula 250 of them, over 5 s, all decline with a probability below 1e-30.
  for (let read = 0; read < 250; read += 1) {
    await cache.get("dear")
    await cache.get("free")
    await bed.clock.advance(20)
  }
  expect(source.calls.slice(2).map(({ key }) => key)).toEqual(["dear"])
})

test("options that make no sense are refused by name", () => {
  const { holdfast } = testBed()
  const load = async (): Promise<string> => "v"
  const make = (options: object) => () => holdfast.cache({ name: "item", ttl: "10s", load, ...options } as never)
  expect(make({ refreshAhead: "10s" })).toThrow("`refreshAhead` must be shorter than the ttl")
  expect(make({ refreshAhead: "110%" })).toThrow("`refreshAhead`")
  expect(make({ refreshAhead: 5 })).toThrow("`refreshAhead`")
  for (const earlyRefresh of [{ beta: 0 }, { beta: -1 }, { beta: NaN }, { beta: "1" }, "yes", null]) {
    expect(make({ earlyRefresh }), JSON.stringify(earlyRefresh)).toThrow("`earlyRefresh`")
  }
  expect(make({ load: undefined, refreshAhead: "1s" })).toThrow("`refreshAhead` needs `load`")
  expect(make({ load: undefined, earlyRefresh: true })).toThrow("`earlyRefresh` needs `load`")
})
