import { expect, test } from "vitest"
import { nearTier } from "../near/near-tier.ts"
import { seededRandom } from "../testing/seeded-random.ts"
import { overriding, testBed, type TestBed } from "./cache.fixture.ts"
import type { EntryPolicy, LoadContext } from "./cache-options.ts"
import type { HoldfastParts } from "./shared-parts.ts"

const policy = { name: "item", ttl: "10s", jitter: "0%" } as const
const ttlMs = 10_000

interface Row {
  readonly id: string
  readonly version: number
}

/** A cache whose loads take as long as is said, and the keys that were refreshed early. */
function setup(
  { costMs, ...options }: Pick<EntryPolicy, "earlyRefresh" | "local"> & { readonly costMs: number },
  parts: Partial<HoldfastParts> = {},
) {
  const early: string[] = []
  let looks = 0
  const bed: TestBed = testBed(
    (store) =>
      overriding(store, {
        look: (address) => {
          looks += 1
          return store.look(address)
        },
      }),
    parts,
  )
  const load = (id: string, { reason }: LoadContext): Promise<Row> => {
    if (reason === "early") early.push(id)
    return new Promise((resolve) => {
      bed.clock.setTimeout(() => resolve({ id, version: 1 }), costMs)
    })
  }
  const version = (row: Row): number => row.version
  const cache = bed.holdfast.cache({ ...policy, sourceConcurrency: 10_000, ...options, load, version })
  return { ...bed, cache, early, looks: () => looks }
}

const seed = Number(process.env["SEED"] ?? 1)
const keys = Array.from({ length: 400 }, (_, key) => `k${key}`)

for (const [beta, earlyRefresh] of [
  [1, true],
  [3, { beta: 3 }],
] as const) {
  test(`of reads through the cache as many refresh early as the formula says, ${JSON.stringify(earlyRefresh)} (SEED=${seed})`, async () => {
    const costMs = 200
    for (const leftMs of [200, 800]) {
      const { cache, clock, early } = setup({ costMs, earlyRefresh }, { random: seededRandom(seed) })
      await clock.runUntil(Promise.all(keys.map((key) => cache.get(key))))
      await clock.advance(ttlMs - leftMs)
      // Each key draws once: what was drawn is being refreshed, and draws no more.
      await Promise.all(keys.map((key) => cache.get(key)))
      await clock.settle()
      const expected = Math.exp(-leftMs / (beta * costMs))
      // Five standard deviations: one run in two million is further off.
      const tolerance = 5 * Math.sqrt((expected * (1 - expected)) / keys.length)
      const difference = Math.abs(early.length / keys.length - expected)
      expect(difference, `${early.length} of ${keys.length}, ${leftMs} ms before the end`).toBeLessThan(tolerance)
    }
  })
}

test("near copies answer until five times beta times the cost before the end, and from then on each read can draw", async () => {
  const { cache, clock, looks } = setup({ costMs: 200, earlyRefresh: { beta: 3 } }, { nearTier })
  await clock.runUntil(cache.get("a"))
  const before = looks()
  await clock.advance(ttlMs - 3001)
  await cache.get("a")
  expect(looks() - before).toBe(0)
  await clock.advance(1)
  for (let read = 0; read < 5; read += 1) await cache.get("a")
  expect(looks() - before).toBe(5)
})

/** Ways to store a value that no load has brought. */
const changes = {
  write: ({ cache }: ReturnType<typeof setup>) => cache.write("a", async () => ({ id: "a", version: 2 })),
  put: ({ cache }: ReturnType<typeof setup>) => cache.put("a", { id: "a", version: 2 }),
}

/** Reads a key every 100 ms until its end; answers how often that refreshed it. */
async function readToItsEnd({ cache, clock, early }: ReturnType<typeof setup>): Promise<number> {
  for (let read = 0; read < 98; read += 1) {
    await cache.get("a")
    await clock.advance(100)
  }
  return early.length
}

for (const change of ["write", "put"] as const) {
  test(`what a ${change} has stored is refreshed early as what a typical load has brought`, async () => {
    const scene = setup({ costMs: 3000, earlyRefresh: true })
    const { cache, clock } = scene
    await clock.runUntil(Promise.all([cache.get("a"), cache.get("b")]))
    expect(await changes[change](scene)).toMatchObject({ stored: true })
    expect(await cache.explain("a")).toMatchObject({ loadCostMs: 3000, version: "2" })
    // By the formula all of them decline with a probability below 1e-20.
    expect(await readToItsEnd(scene)).toBeGreaterThan(0)
  })
}

test("what a write has stored is not refreshed early while no load has shown what that costs", async () => {
  const scene = setup({ costMs: 3000, earlyRefresh: true })
  expect(await changes.write(scene)).toMatchObject({ stored: true })
  expect(await scene.cache.explain("a")).toMatchObject({ loadCostMs: 0 })
  expect(await readToItsEnd(scene)).toBe(0)
})
