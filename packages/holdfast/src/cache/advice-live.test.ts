import { expect, test } from "vitest"
import type { Store } from "../contracts/store.ts"
import type { Advice } from "./advice.ts"
import { overriding, testBed, type TestBed } from "./cache.fixture.ts"
import type { ReadThroughCache } from "./cache-kinds.ts"

const reads = 1200

interface Reading {
  readonly loadMs: number
  /** What is loaded for a key. */
  readonly value?: (key: string) => string
  /** The key of each read. */
  readonly keyOf?: (read: number) => string
  readonly maxValueBytes?: number
}

/** A cache without a near cache that is read so often, in virtual time. */
async function readOften({ holdfast, clock }: TestBed, reading: Reading): Promise<ReadThroughCache<string, string>> {
  const { loadMs, value = (key) => key, keyOf = (read) => `k${read % 20}`, maxValueBytes } = reading
  const load = (key: string): Promise<string> =>
    new Promise((resolve) => clock.setTimeout(() => resolve(value(key)), loadMs))
  const sizes = maxValueBytes === undefined ? {} : { maxValueBytes }
  const cache = holdfast.cache({ name: "item", ttl: "1h", local: false, load, ...sizes })
  for (let read = 0; read < reads; read += 1) await clock.runUntil(cache.get(keyOf(read)), 10_000)
  return cache
}

function adviceOf({ holdfast }: TestBed): Advice {
  const [advice] = holdfast.advise()
  return advice ?? expect.unreachable("There is one cache.")
}

const ids = ({ findings }: Advice): string[] => findings.map(({ id }) => id)

/** A bed whose store takes so long to look. */
function slowBed(lookMs: number): TestBed {
  const bed: TestBed = testBed((store) =>
    overriding(store, {
      look: async (...args: Parameters<Store["look"]>) => {
        await new Promise<void>((resolve) => bed.clock.setTimeout(resolve, lookMs))
        return store.look(...args)
      },
    }),
  )
  return bed
}

test("a store that takes longer than the source makes a cache not worth it: its hits are timed", async () => {
  const bed = slowBed(10)
  await readOften(bed, { loadMs: 2 })
  const advice = adviceOf(bed)
  expect(advice).toMatchObject({ verdict: "not-worth-it", sparedLoads: expect.closeTo(1 - 20 / reads) })
  expect(advice.savedMsPerRead).toBeCloseTo(2 - 10, 0)
  expect(ids(advice)).toEqual(["loads-are-cheap"])
  expect(advice.findings[0]?.reason).toContain("A load takes 2 ms, and a hit 10 ms")
})

test("a source that takes longer than a store that is slow too is worth its cache, and none of its loads is cheap", async () => {
  const bed = slowBed(10)
  await readOften(bed, { loadMs: 20 })
  expect(adviceOf(bed)).toMatchObject({ verdict: "worth-it", findings: [] })
})

test("the bytes that are stored are counted", async () => {
  const bed = testBed()
  await readOften(bed, { loadMs: 50, value: () => "x".repeat(120_000) })
  const advice = adviceOf(bed)
  expect(ids(advice)).toEqual(["values-are-large"])
  expect(advice.findings[0]?.reason).toMatch(/^A stored value has 120 kB on average\. Cache/)
})

test("values that are too large are counted, whether they are loaded or written", async () => {
  const bed = testBed()
  const isLarge = (key: string): boolean => key === "k7"
  const value = (key: string): string => "x".repeat(isLarge(key) ? 2000 : 10)
  const cache = await readOften(bed, { loadMs: 50, value, maxValueBytes: 1000 })
  const refused = reads / 20
  const loaded = adviceOf(bed)
  expect(ids(loaded)).toEqual(["values-are-large"])
  expect(loaded.findings[0]?.reason).toContain(` ${refused} were too large to be stored.`)
  await bed.clock.runUntil(cache.write("k1", () => "x".repeat(2000)))
  expect(adviceOf(bed).findings[0]?.reason).toContain(` ${refused + 1} were too large to be stored.`)
})

test("different keys that are loaded are told from the same ones that are loaded again", async () => {
  const different = testBed()
  await readOften(different, { loadMs: 50, keyOf: (read) => `k${read}` })
  expect(ids(adviceOf(different))).toEqual(["keys-are-not-read-again"])

  const again = testBed()
  const { clock, holdfast } = again
  const load = (key: string): Promise<string> => new Promise((resolve) => clock.setTimeout(() => resolve(key), 50))
  const cache = holdfast.cache({ name: "item", ttl: "1s", local: false, load })
  for (let read = 0; read < reads; read += 1) {
    await clock.runUntil(cache.get(`k${read % 20}`), 10_000)
    await clock.advance(100)
  }
  expect(ids(adviceOf(again))).toEqual(["entries-end-too-soon"])
})
