import { expect, test } from "vitest"
import { hasCode, HoldfastError } from "../errors/holdfast-error.ts"
import { gatedManySource, testBed } from "./cache.fixture.ts"
import type { LoadedEntry } from "./cache-options.ts"

const policy = { name: "item", ttl: "10s", jitter: "0%" } as const

test("a loader says how long its own value is fresh, and the grace follows that", async () => {
  const { holdfast, clock } = testBed()
  const cache = holdfast.cache({
    ...policy,
    grace: "1m",
    load: async (id: string, { entry }) => {
      if (id === "short") entry.ttl("2s")
      return id
    },
  })
  await cache.get("short")
  await cache.get("usual")
  expect(await cache.explain("short")).toMatchObject({ freshForMs: 2_000, keptForMs: 62_000 })
  expect(await cache.explain("usual")).toMatchObject({ freshForMs: 10_000, keptForMs: 70_000 })
  await clock.advance(1_999)
  expect(await cache.explain("short")).toMatchObject({ state: "fresh" })
  await clock.advance(1)
  expect(await cache.explain("short")).toMatchObject({ state: "stale" })
})

test("the cache's jitter shortens a ttl of the loader's as it does its own", async () => {
  const { holdfast } = testBed()
  const load = (_id: number, { entry }: { entry: LoadedEntry }): string => {
    entry.ttl("1h")
    return "v"
  }
  const cache = holdfast.cache({ ...policy, jitter: "50%", load })
  const freshFor = await Promise.all(
    Array.from({ length: 20 }, async (_, id) => {
      await cache.get(id)
      return (await cache.explain(id)).freshForMs ?? 0
    }),
  )
  expect(Math.min(...freshFor)).toBeGreaterThanOrEqual(1_800_000)
  expect(Math.max(...freshFor)).toBeLessThanOrEqual(3_600_000)
  expect(new Set(freshFor).size).toBeGreaterThan(10)
})

test("a loader says how long an absence is remembered, also where absences are not", async () => {
  for (const negativeTtl of ["30s", false] as const) {
    const { holdfast, clock } = testBed()
    let loads = 0
    const cache = holdfast.cache({
      ...policy,
      grace: "1m",
      negativeTtl,
      load: (_id: string, { entry }): string | undefined => {
        loads += 1
        entry.ttl("2s")
        return undefined
      },
    })
    expect(await cache.get("a")).toBeUndefined()
    await clock.advance(1_999)
    expect(await cache.get("a")).toBeUndefined()
    expect(loads).toBe(1)
    await clock.advance(1)
    expect(await cache.get("a")).toBeUndefined()
    expect(loads).toBe(2)
  }
})

test("what a loader skips is served and not stored, and its lease is given back", async () => {
  const { holdfast, peer, events } = testBed()
  let loads = 0
  const load = async (_id: string, { entry }: { entry: LoadedEntry }): Promise<string> => {
    entry.skip()
    return `v${(loads += 1)}`
  }
  const cache = holdfast.cache({ ...policy, load })
  expect(await cache.get("a")).toBe("v1")
  expect(await cache.explain("a")).toMatchObject({ state: "absent", lease: undefined })
  expect(await cache.get("a")).toBe("v2")
  expect(
    await peer()
      .cache({ ...policy, load })
      .get("a"),
  ).toBe("v3")
  expect(cache.stats()).toMatchObject({ misses: 2, loads: 2, fills: 0, refusedFills: 0 })
  expect(events.filter(({ name }) => name === "fill")).toEqual([])
})

test("of several calls the last one counts", async () => {
  const { holdfast } = testBed()
  const calls: Record<string, (entry: LoadedEntry) => void> = {
    longer: (entry) => [entry.ttl("2s"), entry.ttl("5s")],
    stored: (entry) => [entry.skip(), entry.ttl("5s")],
    skipped: (entry) => [entry.ttl("5s"), entry.skip()],
  }
  const cache = holdfast.cache({
    ...policy,
    load: (id: string, { entry }) => {
      calls[id]?.(entry)
      return id
    },
  })
  for (const id of Object.keys(calls)) await cache.get(id)
  expect(await cache.explain("longer")).toMatchObject({ freshForMs: 5_000 })
  expect(await cache.explain("stored")).toMatchObject({ freshForMs: 5_000 })
  expect(await cache.explain("skipped")).toMatchObject({ state: "absent" })
})

test("a duration is checked where it is given, so the load fails or its loader goes on without", async () => {
  const { holdfast } = testBed()
  for (const wrong of ["0s", "-1s", 5, "soon", undefined]) {
    const cache = holdfast.cache({
      ...policy,
      name: `item-${String(wrong).replace("-", "minus")}`,
      load: (id: string, { entry }) => {
        try {
          entry.ttl(wrong as never)
        } catch (error) {
          if (id === "fails" || !hasCode(error, "INVALID_DURATION")) throw error
        }
        return id
      },
    })
    await expect(cache.get("fails")).rejects.toMatchObject({
      code: "INVALID_DURATION",
      message: expect.stringContaining("`entry.ttl`") as string,
    })
    expect(await cache.get("goes-on")).toBe("goes-on")
    expect(await cache.explain("goes-on")).toMatchObject({ freshForMs: 10_000 })
  }
})

for (const [how, options] of [
  ["has answered", {}],
  ["has run out of time", { loadTimeout: "1s" }],
] as const) {
  test(`nobody listens once the loader ${how}`, async () => {
    const { holdfast, clock } = testBed()
    let kept: LoadedEntry | undefined
    const cache = holdfast.cache({
      ...policy,
      ...options,
      load: (_id: string, { entry }): Promise<string> | string => {
        kept = entry
        return how === "has answered" ? "v" : new Promise<never>(() => {})
      },
    })
    const reading = cache.get("a").catch(() => {})
    await clock.advance(2_000)
    await reading
    const late = (): void => kept?.ttl("5s")
    expect(late).toThrow(HoldfastError)
    expect(late).toThrow(expect.objectContaining({ code: "ENTRY_NOT_LOADING" }) as Error)
    expect(() => kept?.skip()).toThrow("loader")
  })
}

test("a refresh in the background obeys as a load in the foreground does", async () => {
  const { holdfast, clock } = testBed()
  const cache = holdfast.cache({
    ...policy,
    grace: "1m",
    load: (_id: string, { entry, reason }) => {
      if (reason === "stale") entry.ttl("3s")
      return reason
    },
  })
  await cache.get("a")
  await clock.advance(10_000)
  await cache.get("a")
  await clock.settle()
  expect(await cache.get("a")).toBe("stale")
  expect(await cache.explain("a")).toMatchObject({ freshForMs: 3_000 })
})

test("a loader of many keys has one entry for each of them", async () => {
  const { holdfast } = testBed()
  const same: boolean[] = []
  const cache = holdfast.cache({
    ...policy,
    load: async (_id: readonly [string, number]) => "one",
    loadMany: (ids, { entry }) => {
      entry(["acme", 1]).ttl("2s")
      entry(["acme", 2]).skip()
      entry(["acme", 3]).ttl("3s")
      same.push(entry(["acme", 1]) === entry(["acme", 1]), entry(["acme", 1]) === entry(["acme", 2]))
      return new Map(ids.filter(([, at]) => at !== 3).map((id) => [id, `v${id[1]}`]))
    },
  })
  const keys = [1, 2, 3, 4].map((at) => ["acme", at] as const)
  expect(await cache.getMany(keys)).toEqual(["v1", "v2", undefined, "v4"])
  expect(same).toEqual([true, false])
  const found = await Promise.all(keys.map((key) => cache.explain(key)))
  expect(found).toMatchObject([
    { freshForMs: 2_000 },
    { state: "absent", lease: undefined },
    { negative: true, freshForMs: 3_000 },
    { freshForMs: 10_000 },
  ])
})

test("a loader of many keys cannot speak of a key that it does not load, nor once it has ended", async () => {
  const { holdfast, clock } = testBed()
  const source = gatedManySource<string>()
  const cache = holdfast.cache({ ...policy, load: async (_id: string) => "one", loadMany: source.loadMany })
  const reading = cache.getMany(["a"])
  await clock.settle()
  const { entry } = source.calls[0]?.context ?? expect.fail("nothing was loaded")
  const notLoading = expect.objectContaining({ code: "ENTRY_NOT_LOADING" }) as Error
  expect(() => entry("b")).toThrow(notLoading)
  expect(() => entry(NaN as never)).toThrow(expect.objectContaining({ code: "INVALID_KEY" }) as Error)
  const kept = entry("a")
  source.calls[0]?.gate.resolve(new Map([["a", "A"]]))
  expect(await reading).toEqual(["A"])
  expect(() => kept.ttl("1s")).toThrow(notLoading)
  expect(() => entry("a").skip()).toThrow(notLoading)
})
