import { until } from "@holdfast/servers"
import { startRedis, type RedisProcess } from "@holdfast/servers"
import { createHoldfast, type Holdfast } from "holdfast"
import { afterAll, beforeAll, expect, test } from "vitest"
import { clientCells, clientRows, type ClientCell } from "../cells.ts"
import { expectTidy } from "../oracle.ts"

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(async () => {
  await expectTidy(redis, "values")
  await redis.stop()
})

async function connect(cell: ClientCell | undefined): Promise<Holdfast> {
  const holdfast = createHoldfast({ redis: cell?.create(redis.url), namespace: "values" })
  await until(async () => (await holdfast.health()).status !== "down", { timeoutMs: 5000 })
  return holdfast
}

const values: readonly (readonly [string, unknown])[] = [
  ["zero", 0],
  ["minus zero", -0],
  ["an empty string", ""],
  ["false", false],
  ["NaN", Number.NaN],
  ["infinities", [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
  ["a Date", new Date("2026-02-03T04:05:06.789Z")],
  ["an invalid Date", new Date(Number.NaN)],
  ["a BigInt", 123_456_789_012_345_678_901_234_567_890n],
  ["a negative BigInt", -1n],
  [
    "a Map",
    new Map<unknown, unknown>([
      ["a", 1],
      [2, new Date(0)],
      [{ k: 1 }, new Map([["deep", -0]])],
    ]),
  ],
  ["a Set", new Set([1, "1", 1n, Number.NaN])],
  ["an empty array", []],
  ["an empty object", {}],
  ["bytes", new Uint8Array([0, 255, 128])],
  ["floats", new Float64Array([0.1, -0, Number.NaN])],
  ["null and undefined inside", { a: null, b: undefined, c: [undefined, null] }],
  ["names that tempt", JSON.parse('{"__proto__": 1, "constructor": 2, "$type": "Date", "@": 3}')],
  [
    "strings that tempt",
    ["NaN", "null", "undefined", "1n", "$", "@Date", "\u0000", "\ud800", "2026-02-03T04:05:06.789Z"],
  ],
  ["a mixture", [{ at: new Date(5), tags: new Set(["x"]), by: new Map([["n", [1n, -0, undefined]]]), ok: false }]],
  ["a long text", "ü語👩‍👩‍👧".repeat(5000)],
]

test.each(clientRows)(
  "%s: every value comes back from the store as the loader gave it, here and in another process",
  async (_name, cell) => {
    await using here = await connect(cell)
    await using there = await connect(cell)
    const table = new Map(values)
    let loads = 0
    const options = {
      name: "value",
      ttl: "60s",
      load: async (key: string) => {
        loads += 1
        return table.get(key)
      },
    } as const
    const [first, second] = [here.cache(options), there.cache(options)]
    await redis.command("FLUSHALL")
    for (const [name, value] of values) {
      const missed = await first.get(name)
      const [hit, hitElsewhere] = [await first.get(name), await second.get(name)]
      expect(missed, name).toStrictEqual(value)
      expect(hit, name).toStrictEqual(value)
      expect(hitElsewhere, name).toStrictEqual(value)
      expect(Object.is(hit, -0), name).toBe(Object.is(value, -0))
    }
    expect(loads).toBe(values.length)
  },
)

test("a value that was written comes back as the writer gave it", async () => {
  await using holdfast = await connect(clientCells[1])
  const cache = holdfast.cache({
    name: "written",
    ttl: "60s",
    load: async (_key: string): Promise<unknown> => "loaded",
  })
  for (const [name, value] of values) {
    expect(await cache.write(name, () => value), name).toMatchObject({ stored: true, delivered: true })
    expect(await cache.get(name), name).toStrictEqual(value)
  }
})

test("without a near cache a hit is a copy: what one caller does to it, no other sees", async () => {
  await using holdfast = await connect(clientCells[2])
  const load = async (_key: string): Promise<{ list: number[] }> => ({ list: [1] })
  const cache = holdfast.cache({ name: "copy", ttl: "60s", load, local: false })
  await cache.get("a")
  ;(await cache.get("a"))?.list.push(2)
  expect(await cache.get("a")).toEqual({ list: [1] })
})

test.each([null, undefined])(
  "%s is remembered as absent: no second load within negativeTtl, one after it",
  async (absent) => {
    await using here = await connect(clientCells[0])
    await using there = await connect(clientCells[3])
    let loads = 0
    const options = {
      name: `absent-${absent}`,
      ttl: "60s",
      negativeTtl: "400ms",
      load: async (_key: string): Promise<string | null | undefined> => {
        loads += 1
        return absent
      },
    } as const
    const [first, second] = [here.cache(options), there.cache(options)]
    expect([await first.get("a"), await first.get("a"), await second.get("a")]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(loads).toBe(1)
    expect(second.stats()).toMatchObject({ hits: 1, negativeHits: 1 })
    await until(async () => ((await second.get("a")) === undefined ? loads > 1 : false), {
      timeoutMs: 2000,
      everyMs: 20,
    })
    expect(loads).toBe(2)
  },
)

test("a write or an invalidation drops the absence, in every process", async () => {
  await using here = await connect(clientCells[0])
  await using there = await connect(clientCells[2])
  let row: string | undefined
  const options = { name: "created", ttl: "60s", local: false, load: async (_key: string) => row } as const
  const [first, second] = [here.cache(options), there.cache(options)]
  expect(await first.get("a")).toBeUndefined()
  expect(await second.write("a", () => (row = "created"))).toMatchObject({ stored: true })
  expect(await first.get("a")).toBe("created")
  row = undefined
  await first.invalidate("a")
  expect(await second.get("a")).toBeUndefined()
  row = "again"
  await second.invalidate("a")
  expect(await first.get("a")).toBe("again")
})

test("what the codec cannot carry fails the miss with its path, and is not stored", async () => {
  await using holdfast = await connect(clientCells[0])
  class Money {
    readonly cents = 5
  }
  const cycle: Record<string, unknown> = {}
  cycle["self"] = cycle
  const table = new Map<string, unknown>([
    ["function", { run: () => 1 }],
    ["instance", [new Money()]],
    ["cycle", cycle],
    ["symbol", { s: Symbol("s") }],
  ])
  const cache = holdfast.cache({ name: "refused", ttl: "60s", load: async (key: string) => table.get(key) })
  for (const key of table.keys()) {
    await expect(cache.get(key), key).rejects.toMatchObject({ code: "VALUE_NOT_ENCODABLE" })
    expect(await cache.peek(key), key).toBeUndefined()
  }
})
