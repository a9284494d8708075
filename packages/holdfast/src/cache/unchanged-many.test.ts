import { expect, test } from "vitest"
import { gatedManySource, testBed } from "./cache.fixture.ts"
import type { LoadedEntry, LoaderAnswer } from "./cache-options.ts"
import { unchanged } from "./unchanged.ts"

interface Row {
  readonly name: string
}

const policy = { name: "item", ttl: "10s", grace: "1m", jitter: "0%" } as const

for (const [how, keyOf] of [
  ["a Map", undefined],
  ["rows", ({ name }: Row) => name.slice(0, 1)],
] as const) {
  test(`of many keys that ${how} answers, the unchanged live on and the others are stored`, async () => {
    const bed = testBed()
    const entries: Record<string, LoadedEntry> = {}
    const cache = bed.holdfast.cache({
      ...policy,
      load: async (_id: string): Promise<Row> => ({ name: "one" }),
      keyOf: keyOf as never,
      loadMany: ((
        ids: readonly string[],
        { reason, entry }: { reason: string; entry: (id: string) => LoadedEntry },
      ) => {
        const rows = new Map<string, LoaderAnswer<Row>>(ids.map((id) => [id, { name: `${id} ${reason}` }]))
        if (reason === "stale") {
          rows.set("a", entry("a").unchanged())
          rows.delete("b")
          if (keyOf === undefined) entry("b").unchanged()
          entry("c").unchanged()
        }
        Object.assign(entries, { last: entry("a") })
        return keyOf === undefined ? rows : [...rows.values()].filter((row) => row !== unchanged)
      }) as never,
    })
    const keys = ["a", "b", "c"]
    await cache.getMany(keys)
    await bed.clock.advance(10_000)
    await cache.getMany(keys)
    await bed.clock.settle()
    expect(await cache.getMany(keys)).toEqual([{ name: "a miss" }, undefined, { name: "c stale" }])
    expect(cache.stats()).toMatchObject({ fills: 5, unchanged: 1 })
    expect(() => entries["last"]?.unchanged()).toThrow("loader")
  })
}

test("of many keys, one that was not there cannot be unchanged", async () => {
  const bed = testBed()
  const source = gatedManySource<Row>()
  const cache = bed.holdfast.cache({
    ...policy,
    load: async (id: string): Promise<Row> => ({ name: id }),
    loadMany: source.loadMany,
  })
  await cache.get("a")
  await bed.clock.advance(10_000)
  const reading = cache.getMany(["a", "b"]).catch((error: unknown) => error)
  await bed.clock.settle()
  const [misses, stale] = [
    source.calls.find(({ context }) => context.reason === "miss"),
    source.calls.find(({ context }) => context.reason === "stale"),
  ]
  expect(() => misses?.context.entry("b").unchanged()).toThrow("NO_PREVIOUS_VALUE")
  expect(stale?.context.entry("a").unchanged()).toBe(unchanged)
  misses?.gate.resolve(new Map([["b", unchanged as never]]))
  expect(await reading).toMatchObject({ code: "BATCH_PARTIAL", cause: { code: "NO_PREVIOUS_VALUE" } })
})
