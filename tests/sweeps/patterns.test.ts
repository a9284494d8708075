import { startRedis, type RedisProcess } from "@holdfast/servers"
import fc from "fast-check"
import { createHoldfast, glob, type Holdfast, type ScannedKey } from "holdfast"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"
import { clientCell, clientRows } from "../cells.ts"
import { deferred } from "../deferred.ts"
import { addressOf, keysIn, stock } from "./key-crowd.ts"

let redis: RedisProcess
const open: Holdfast[] = []
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())
beforeEach(() => redis.command("FLUSHALL"))
afterEach(async () => {
  await Promise.all(open.splice(0).map((holdfast) => holdfast.close()))
})

function start(name = "redis 6"): Holdfast {
  const holdfast = createHoldfast({
    redis: clientCell(name).create(redis.url),
    namespace: "shop",
    commandTimeout: "5s",
  })
  open.push(holdfast)
  return holdfast
}

const policy = { ttl: "1h", local: false } as const

async function keysOf(scan: AsyncIterable<ScannedKey>): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of scan) keys.push(String(key))
  return keys
}

/** Whatever could be taken for a pattern, an escape or a border. */
const hostile = fc.string({
  unit: fc.constantFrom("\ud83e\udd8a", "\ud800", "\u2603", ..."ab*?[]^-\\:%~{}c".split("")),
  minLength: 1,
  maxLength: 5,
})

test("what is interpolated finds the key of that text and no other, by the server's own matcher", async () => {
  const cache = start().cache<string, string>({ ...policy, name: "text" })
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(hostile, { minLength: 2, maxLength: 8 }), async (texts) => {
      await redis.command("FLUSHALL")
      await Promise.all(texts.map((text) => cache.put(text, "v")))
      for (const text of texts) expect(await keysOf(cache.scan({ match: glob`${text}` }))).toEqual([text])
      const [prefix = ""] = texts
      const expected = texts.filter((text) => text.startsWith(prefix))
      expect((await keysOf(cache.scan({ match: glob`${prefix}*` }))).toSorted()).toEqual(expected.toSorted())
    }),
    { numRuns: 60 },
  )
})

test("a pattern of one tenant leaves every other tenant alone, whatever they are called", async () => {
  const holdfast = start()
  let runs = 0
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(hostile, { minLength: 2, maxLength: 5 }), async ([tenant = "", ...others]) => {
      const cache = holdfast.cache<readonly [string, string], string>({ ...policy, name: `tuple${++runs}` })
      for (const name of [tenant, ...others]) await cache.put([name, "1"], name)
      expect((await cache.invalidatePattern(glob`${tenant}:*`)).matched).toBe(1)
      const left = await Promise.all([tenant, ...others].map((name) => cache.peek([name, "1"])))
      expect(left).toEqual([undefined, ...others])
    }),
    { numRuns: 40 },
  )
})

test.each(clientRows)("%s: a load that is under way in another process cannot bring its entry back", async (name) => {
  const [here, there] = [start(name), start(name)]
  const gate = deferred<string>()
  const begun = deferred<void>()
  const slow = there.cache({
    ...policy,
    name: "row",
    load: (_key: string) => {
      begun.resolve()
      return gate.promise
    },
  })
  const rows = here.cache<string, string>({ ...policy, name: "row" })
  await rows.put("r2", "an entry")
  const reading = slow.get("r1")
  await begun.promise
  expect(await rows.invalidatePattern(glob`r*`)).toMatchObject({ matched: 2, delivered: true })
  gate.resolve("old")
  expect(await reading).toBe("old")
  expect([await rows.peek("r1"), await rows.peek("r2"), slow.stats().refusedFills]).toEqual([undefined, undefined, 1])
})

test("a near cache of another process drops its copy of an entry that the server has evicted", async () => {
  const near = { ttl: "1h", local: { maxStaleness: "1s" } } as const
  let version = 1
  const load = async (key: string): Promise<string> => `${key} ${version}`
  const [here, there] = [start().cache({ ...near, name: "row", load }), start().cache({ ...near, name: "row", load })]
  const isCopied = async (): Promise<boolean> => (await there.get("r1"), there.stats().nearHits > 0)
  await expect.poll(isCopied, { timeout: 5000 }).toBe(true)
  await redis.command("DEL", "shop:{row:r1}")
  version = 2
  expect((await here.invalidatePattern(glob`r*`)).matched).toBe(0)
  await expect.poll(() => there.get("r1"), { timeout: 1000, interval: 10 }).toBe("r1 2")
})

test("an abort leaves done what was done, and the rest as it was", async () => {
  await stock(clientCell("redis 6").create(redis.url), "shop", 20_000)
  const rows = start().cache<string, string>({ ...policy, name: "row" })
  const stop = new AbortController()
  const onProgress = ({ invalidated }: { invalidated: number }): void => {
    if (invalidated > 2000) stop.abort(new Error("enough"))
  }
  await expect(rows.invalidatePattern(glob`*`, { signal: stop.signal, onProgress })).rejects.toThrow("enough")
  const left = await keysIn([redis])
  expect(left).toBeLessThan(18_001)
  expect(left).toBeGreaterThan(0)
})

test("a dry run changes nothing", async () => {
  await stock(clientCell("redis 6").create(redis.url), "shop", 1000)
  const rows = start().cache<string, string>({ ...policy, name: "row" })
  const values = async (): Promise<unknown> =>
    redis.command("MGET", ...Array.from({ length: 1000 }, (_none, at) => addressOf("shop", at).value))
  const before = [await values(), await keysIn([redis])]
  expect(await rows.invalidatePattern(glob`r1*`, { dryRun: true })).toMatchObject({ matched: 111, invalidated: 0 })
  expect([await values(), await keysIn([redis])]).toEqual(before)
})

test("a server that restarts midway is swept from its beginning", async () => {
  await using passing = await startRedis()
  const client = clientCell("redis 6")
  await stock(client.create(passing.url), "shop", 5000)
  const holdfast = createHoldfast({ redis: client.create(passing.url), namespace: "shop" })
  open.push(holdfast)
  const rows = holdfast.cache<string, string>({ ...policy, name: "row" })
  const found = new Set<unknown>()
  let restarted = false
  for await (const { key } of rows.scan()) {
    found.add(key)
    if (restarted || found.size < 1000) continue
    restarted = true
    await passing.kill()
    await passing.restart()
    await stock(client.create(passing.url), "shop", 5000)
  }
  expect(found.size).toBe(5000)
})
