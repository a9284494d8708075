import { expect, test } from "vitest"
import { json } from "../codecs/json.ts"
import { tagClockAddress } from "../entry/tag-address.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { nearTier } from "../near/near-tier.ts"
import { gatedSource, overriding, switchable, testBed, unheard, type TestBed } from "./cache.fixture.ts"
import type { LoadContext, LoaderAnswer } from "./cache-options.ts"
import type { ReadThroughCache } from "./cache-kinds.ts"
import { unchanged } from "./unchanged.ts"

interface Row {
  readonly name: string
}

const policy = { name: "item", ttl: "10s", grace: "1m", jitter: "0%" } as const
const encode = json<Row>()

/** A cache that holds a row, and whose later loads say that it is unchanged unless the test does it otherwise. */
async function stocked(
  bed: TestBed,
  options: { readonly again?: (context: LoadContext) => LoaderAnswer<Row>; readonly [name: string]: unknown } = {},
): Promise<{ cache: ReadThroughCache<string, Row>; encoded: Row[]; told: LoadContext[] }> {
  const { again = ({ entry }: LoadContext) => entry.unchanged(), ...more } = options
  const encoded: Row[] = []
  const told: LoadContext[] = []
  const cache = bed.holdfast.cache({
    ...policy,
    ...more,
    codec: {
      ...encode,
      encode: (row: Row) => {
        encoded.push(row)
        return encode.encode(row)
      },
    },
    load: async (_id: string, context): Promise<LoaderAnswer<Row>> => {
      told.push(context)
      return context.reason === "miss" ? { name: "oak" } : again(context)
    },
  })
  await cache.get("a")
  return { cache, encoded, told }
}

/** Reads when the entry is due, and lets the refresh in the background end. */
async function refreshed(bed: TestBed, cache: ReadThroughCache<string, Row>): Promise<Row | undefined> {
  await bed.clock.advance(10_000)
  const row = await cache.get("a")
  await bed.clock.settle()
  return row
}

test("an entry of an era of the tag clock that has ended is stored anew instead: kept, it would be dead", async () => {
  const bed = testBed((store) => unheard(store))
  const { cache, encoded } = await stocked(bed)
  bed.memory.evict(tagClockAddress("test").key)
  expect(await refreshed(bed, cache)).toEqual({ name: "oak" })
  expect(await cache.get("a")).toEqual({ name: "oak" })
  expect(cache.stats()).toMatchObject({ loads: 2, fills: 2, unchanged: 0 })
  expect(encoded).toEqual([{ name: "oak" }, { name: "oak" }])
})

test("an entry that its loader finds unchanged lives for another ttl and grace, and is not encoded again", async () => {
  const bed = testBed()
  const { cache, encoded } = await stocked(bed)
  expect(await refreshed(bed, cache)).toEqual({ name: "oak" })
  expect(await cache.explain("a")).toMatchObject({
    freshForMs: 10_000,
    keptForMs: 70_000,
    ageMs: 10_000,
    lease: undefined,
  })
  await bed.clock.advance(9_999)
  expect(await cache.get("a")).toEqual({ name: "oak" })
  expect(encoded).toHaveLength(1)
  expect(cache.stats()).toMatchObject({ loads: 2, fills: 1, unchanged: 1, refusedFills: 0, stale: 1, hits: 1 })
  expect(bed.events).toContainEqual({ name: "fill", cache: "item", key: "test:{item:a}", answer: "kept" })
})

test("the loader says for how long, and whether at all", async () => {
  const bed = testBed()
  const { cache } = await stocked(bed, {
    again: ({ entry }: LoadContext) => {
      entry.ttl("3s")
      return entry.unchanged()
    },
  })
  await refreshed(bed, cache)
  expect(await cache.explain("a")).toMatchObject({ freshForMs: 3_000, keptForMs: 63_000 })
  const skipping = testBed()
  const { cache: other } = await stocked(skipping, {
    again: ({ entry }: LoadContext) => {
      entry.skip()
      return entry.unchanged()
    },
  })
  await refreshed(skipping, other)
  expect(await other.explain("a")).toMatchObject({ state: "stale", lease: undefined })
})

test("jitter shortens the life of what is unchanged, too", async () => {
  const bed = testBed()
  const { cache } = await stocked(bed, { jitter: "50%" })
  await refreshed(bed, cache)
  const { freshForMs = 0 } = await cache.explain("a")
  expect(freshForMs).toBeGreaterThanOrEqual(5_000)
  expect(freshForMs).toBeLessThan(10_000)
})

test("an early refresh keeps what is unchanged", async () => {
  const bed = testBed()
  const { cache, told } = await stocked(bed, { refreshAhead: "2s" })
  await bed.clock.advance(8_000)
  await cache.get("a")
  await bed.clock.settle()
  expect(told.map(({ reason }) => reason)).toEqual(["miss", "early"])
  expect(await cache.explain("a")).toMatchObject({ freshForMs: 10_000 })
  expect(cache.stats()).toMatchObject({ fills: 1, unchanged: 1 })
})

for (const [what, happen] of [
  ["was invalidated", (cache: ReadThroughCache<string, Row>) => cache.invalidate("a")],
  ["was expired", (cache: ReadThroughCache<string, Row>) => cache.invalidate("a", { expire: true })],
] as const) {
  test(`an entry that ${what} during the load does not live on`, async () => {
    const bed = testBed()
    const source = gatedSource<Row>()
    const { cache } = await stocked(bed, { again: ((context: LoadContext) => again(context)) as never })
    const again = async (context: LoadContext): Promise<LoaderAnswer<Row>> => {
      await source.load("a", context)
      return context.entry.unchanged()
    }
    await refreshed(bed, cache)
    await happen(cache)
    source.calls[0]?.gate.resolve(undefined)
    await bed.clock.settle()
    expect((await cache.explain("a")).state).toBe(what === "was expired" ? "stale" : "absent")
    expect(cache.stats()).toMatchObject({ unchanged: 0, refusedFills: 1 })
  })
}

test("an entry that the store has lost is not made again: its lease is given back, and the next read loads", async () => {
  const bed = testBed()
  const { cache } = await stocked(bed, {
    again: ({ entry }: LoadContext) => {
      ;(bed.store as unknown as { evict(key: string): void }).evict("test:{item:a}")
      return entry.unchanged()
    },
  })
  await refreshed(bed, cache)
  expect(bed.events).toContainEqual(expect.objectContaining({ name: "fill", answer: "gone" }))
  expect(await cache.explain("a")).toMatchObject({ state: "absent", lease: undefined })
  expect(await cache.get("a")).toEqual({ name: "oak" })
  expect(cache.stats()).toMatchObject({ loads: 3, fills: 2, unchanged: 0, refusedFills: 1 })
})

test("without a previous value nothing is unchanged: the load fails, and says why", async () => {
  const bed = testBed()
  const cache = bed.holdfast.cache({
    ...policy,
    load: (_id: string, { entry }): Row | LoaderAnswer<Row> => entry.unchanged(),
  })
  await expect(cache.get("a")).rejects.toMatchObject({ code: "NO_PREVIOUS_VALUE" })
  expect(await cache.explain("a")).toMatchObject({ state: "absent", lease: undefined })
  const borrowed = bed.holdfast.cache({ ...policy, name: "other", load: (_id: string): LoaderAnswer<Row> => unchanged })
  await expect(borrowed.get("a")).rejects.toMatchObject({ code: "NO_PREVIOUS_VALUE" })
  await expect(borrowed.refresh("a")).rejects.toMatchObject({ code: "NO_PREVIOUS_VALUE" })
})

test("what the loader answers counts, not what it has said on the way", async () => {
  const bed = testBed()
  const { cache } = await stocked(bed, {
    again: ({ entry }: LoadContext) => {
      entry.unchanged()
      return { name: "birch" }
    },
  })
  await refreshed(bed, cache)
  expect(await cache.get("a")).toEqual({ name: "birch" })
  expect(cache.stats()).toMatchObject({ fills: 2, unchanged: 0 })
})

test("what a loader does to the previous value is seen by nobody, near caches or not", async () => {
  const { holdfast, clock } = testBed(undefined, { nearTier })
  const cache = holdfast.cache({
    ...policy,
    load: (_id: string, { previous, entry }): LoaderAnswer<{ name: string }> => {
      if (previous === undefined) return { name: "oak" }
      ;(previous as { name: string }).name = "spoiled"
      return entry.unchanged()
    },
  })
  await cache.get("a")
  await clock.advance(10_000)
  await cache.get("a")
  await clock.settle()
  expect(cache.stats().unchanged).toBe(1)
  expect([await cache.get("a"), await cache.get("a")]).toEqual([{ name: "oak" }, { name: "oak" }])
  expect(cache.stats()).toMatchObject({ hits: 1, nearHits: 1 })
})

test("the tags of an entry live on with it, and still kill it", async () => {
  const bed = testBed()
  const cache = bed.holdfast.cache({
    ...policy,
    tags: () => ["wood"],
    load: (_id: string, { previous, entry }): LoaderAnswer<Row> =>
      previous === undefined ? { name: "oak" } : entry.unchanged(),
  })
  await cache.get("a")
  for (let round = 0; round < 200; round += 1) {
    await bed.clock.advance(10_000)
    expect(await cache.get("a")).toEqual({ name: "oak" })
    await bed.clock.settle()
  }
  expect(cache.stats()).toMatchObject({ fills: 1, unchanged: 200 })
  await bed.holdfast.invalidateTags(["wood"])
  expect(await cache.peek("a")).toBeUndefined()
})

test("a store that fails to answer leaves the entry as it is, and its lease is given back", async () => {
  const released: string[] = []
  const bed = testBed((store) =>
    overriding(store, {
      keepUnchanged: () => Promise.reject(new HoldfastError("COMMAND_TIMEOUT", "off.")),
      releaseLease: (grant, outcome) => {
        released.push(outcome)
        return store.releaseLease(grant, outcome)
      },
    }),
  )
  const { cache } = await stocked(bed)
  await refreshed(bed, cache)
  expect(released).toEqual(["abandoned"])
  expect(await cache.explain("a")).toMatchObject({ state: "stale", lease: undefined })
  expect(cache.stats()).toMatchObject({ unchanged: 0, refusedFills: 1, storeErrors: 1 })
})

test("with an undelivered invalidation in hand, nothing lives on", async () => {
  let off = false
  const away = (): Error => new HoldfastError("STORE_UNAVAILABLE", "off.")
  const bed = testBed((store) => switchable(store, () => off, away))
  const source = gatedSource<Row>()
  const { cache } = await stocked(bed, {
    again: (async (context: LoadContext) => {
      await source.load("a", context)
      return context.entry.unchanged()
    }) as never,
  })
  await refreshed(bed, cache)
  off = true
  await cache.invalidate("a")
  off = false
  source.calls[0]?.gate.resolve(undefined)
  await bed.clock.settle()
  expect(bed.events).toContainEqual(expect.objectContaining({ name: "fill", answer: "lost" }))
})
