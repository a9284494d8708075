import { startRedis, until, type RedisProcess } from "@holdfast/servers"
import fc from "fast-check"
import { createHoldfast, type Holdfast, type ReadThroughCache } from "holdfast"
import { afterAll, beforeAll, expect, test } from "vitest"
import { clientCell } from "../cells.ts"
import { expectTidy } from "../oracle.ts"

type Part = string | number | bigint
type Key = Part | readonly Part[] | { readonly [name: string]: Part | readonly Part[] }

let redis: RedisProcess
let holdfast: Holdfast
let cache: ReadThroughCache<Key, unknown>
const loads = new Map<Key, number>()
beforeAll(async () => {
  redis = await startRedis()
  holdfast = createHoldfast({ redis: clientCell("ioredis 6").create(redis.url), namespace: "keys" })
  await until(async () => (await holdfast.health()).status !== "down", { timeoutMs: 5000 })
  cache = holdfast.cache({
    local: false,
    name: "thing",
    ttl: "60s",
    load: async (key: Key): Promise<unknown> => {
      loads.set(key, (loads.get(key) ?? 0) + 1)
      return { of: key }
    },
  })
})
afterAll(async () => {
  await holdfast.close()
  await expectTidy(redis, "keys")
  await redis.stop()
})

const long = "long/".repeat(2048)
const plain: readonly Key[] = [
  "",
  " ",
  "42",
  "4 2",
  "a:b",
  "{a}",
  "{a}:b",
  "}{",
  "a:ctl",
  "ctl",
  "*",
  "a?",
  "[a-z]",
  "%",
  "%3A",
  "a%3Ab",
  "~",
  "line\nbreak",
  "line\r\nbreak",
  "nul\u0000",
  "tab\tquote\"'`",
  "ünï çødé",
  "日本語",
  "👩‍👩‍👧",
  "\ud800",
  "\u2028",
  "__proto__",
  "constructor",
  long,
  `${long}!`,
  `!${long}`,
  "語".repeat(4000),
  -1,
  1.5,
  12_345_678_901_234_567_890n,
]
/** Tuples and objects that would meet if they were joined carelessly. */
const composed: readonly Key[] = [
  ["tenant1", "admin:x"],
  ["tenant1:admin", "x"],
  ["tenant1", "admin", "x"],
  ["tenant1:admin:x"],
  "tenant1:admin:x",
  ["a"],
  ["a", ""],
  ["", "a"],
  ["a", "ctl"],
  [],
  [""],
  ["a,b"],
  ["a", "b"],
  { a: "1" },
  { a: "1", b: "2" },
  { a: ["1", "b=2"] },
  { ab: "12" },
  { a: "1,b=2" },
  { "a=1,b": "2" },
  '{"a":"1"}',
]

test("every key has an entry of its own, and the second read of each is a hit", async () => {
  loads.clear()
  const keys = [...plain, ...composed]
  for (const round of ["miss", "hit"]) {
    for (const key of keys) expect(await cache.get(key), `${round} of ${show(key)}`).toEqual({ of: key })
  }
  expect([...loads].filter(([, count]) => count !== 1).map(([key]) => show(key))).toEqual([])
  expect(loads.size).toBe(keys.length)
})

test("an invalidation reaches its own key and no other", async () => {
  const keys = [...plain, ...composed]
  for (const key of keys) await cache.get(key)
  for (const key of keys) {
    loads.clear()
    await cache.invalidate(key)
    const before = cache.stats().loads
    expect(await cache.peek(key), show(key)).toBeUndefined()
    expect(await cache.get(key), show(key)).toEqual({ of: key })
    expect(cache.stats().loads - before, show(key)).toBe(1)
  }
  const before = cache.stats().loads
  for (const key of keys) await cache.get(key)
  expect(cache.stats().loads).toBe(before)
})

test("the order of an object's names makes no difference, and what names the same row is one entry", async () => {
  const pairs: readonly (readonly [Key, Key])[] = [
    [
      { x: "1", y: "2" },
      { y: "2", x: "1" },
    ],
    [7, "7"],
    [7n, 7],
    [
      ["t", 7],
      ["t", "7"],
    ],
  ]
  for (const [one, other] of pairs) {
    const first = await cache.get(one)
    const before = cache.stats().loads
    expect(await cache.get(other)).toEqual(first)
    expect(cache.stats().loads).toBe(before)
  }
})

test("keys in the store are printable, short, and in one hash slot with their control key", async () => {
  await redis.command("FLUSHALL")
  for (const key of [...plain, ...composed]) await cache.get(key)
  const names = (await redis.command("KEYS", "*")) as string[]
  expect(names).toHaveLength(plain.length + composed.length)
  for (const name of names) {
    expect(name).toMatch(/^keys:\{thing:[^{}*?[\]\\\p{Cc}]*\}$/u)
    expect(Buffer.byteLength(name)).toBeLessThan(700)
  }
})

test("values that are no keys are refused with INVALID_KEY, and nothing is loaded", async () => {
  loads.clear()
  const bad = [
    undefined,
    null,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Symbol("s"),
    () => 1,
    new Date(0),
    new Map(),
    [undefined],
  ]
  const calls = ["get", "peek", "invalidate", "explain", "lookup", "refresh"] as const
  for (const key of bad as unknown as Key[]) {
    for (const call of calls) await expect(cache[call](key)).rejects.toMatchObject({ code: "INVALID_KEY" })
    await expect(cache.write(key, () => 1)).rejects.toMatchObject({ code: "INVALID_KEY" })
  }
  expect(loads.size).toBe(0)
})

test("no two keys made of separators and their escapes meet", async () => {
  const text = fc.string({
    unit: fc.constantFrom(":", "{", "}", "%", "3", "A", "_", "~", "c", "t", "l", ""),
    maxLength: 5,
  })
  const tuple = fc.array(text, { maxLength: 3 })
  const key: fc.Arbitrary<Key> = fc.oneof(text, tuple)
  const pair = fc.tuple(key, key).filter(([one, other]) => JSON.stringify(one) !== JSON.stringify(other))
  const property = fc.asyncProperty(pair, async ([one, other]) => {
    const answers = [await cache.get(one), await cache.get(other)]
    expect(answers).toEqual([{ of: one }, { of: other }])
  })
  await fc.assert(property, { numRuns: 500 })
})

function show(key: Key): string {
  return JSON.stringify(key, (_name, value: unknown) => (typeof value === "bigint" ? `${value}n` : value)).slice(0, 60)
}
