import { startCluster, startRedis, type RedisCluster, type RedisProcess } from "@holdfast/servers"
import { createHoldfast, type Holdfast, type ReadThroughCache } from "holdfast"
import { systemRandom, tagAddress, type StoreSubject, type TagAddress } from "holdfast/testing"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { clientCell, clusterCells } from "../cells.ts"
import { redisSubject } from "./store-subjects.ts"

const namespace = "index-inside"
let redis: RedisProcess
let cluster: RedisCluster
let subject: StoreSubject
beforeAll(async () => {
  ;[redis, cluster] = await Promise.all([startRedis(), startCluster({ primaries: 3 })])
  subject = await redisSubject(redis, clientCell("redis 6").create(redis.url), namespace)
})
beforeEach(() => redis.command("FLUSHALL"))
afterEach(() => redis.command("CONFIG", "SET", "maxmemory", "0"))
afterAll(async () => {
  await subject.close()
  await Promise.all([redis.stop(), cluster.stop()])
})

const anotherTag = (): TagAddress => tagAddress(namespace, systemRandom.token())
const keyOf = (id: string): string => `${namespace}:{item:${id}}`
const index = (): NonNullable<StoreSubject["store"]["tagIndex"]> => {
  const { tagIndex } = subject.store
  if (tagIndex === undefined) throw new Error("A Redis store keeps indexes.")
  return tagIndex
}
const ends = async (tag: TagAddress): Promise<number> => Number(await redis.command("PEXPIRETIME", tag.index))

test("a person with redis-cli can read an index", async () => {
  const tag = anotherTag()
  await index().listEntries(tag, [{ key: keyOf("a"), lifeMs: 60_000 }])
  const runId = /run_id:(\w+)/.exec(String(await redis.command("INFO", "server")))?.[1]
  const all = await redis.command("ZRANGE", tag.index, "0", "-1", "WITHSCORES")
  expect(all).toEqual([
    keyOf("a"),
    expect.stringMatching(/^\d{13}$/),
    expect.stringMatching(new RegExp(`^#\\d{13} ${runId} [0-9a-f]{32}$`)),
    "inf",
  ])
  expect(tag.index).toBe(`${tag.key}:index`)
})

test("it ends with the last of its entries: no later, and not sooner for one that ends before", async () => {
  const tag = anotherTag()
  await index().listEntries(tag, [{ key: keyOf("long"), lifeMs: 100_000 }])
  const lastMs = await ends(tag)
  await index().listEntries(tag, [{ key: keyOf("short"), lifeMs: 1000 }])
  await index().listEntries(tag, [{ key: keyOf("long"), lifeMs: 2000 }])
  expect(await ends(tag)).toBe(lastMs + 1)
  const { entries } = await index().listedEntries(tag, { afterMs: undefined, limit: 10 })
  expect(entries.at(-1)?.endMs).toBe(lastMs)
  const { state = "" } = await index().listedEntries(tag, { afterMs: undefined, limit: 10 })
  await index().unlistEntries(tag, entries.slice(-1), state)
  const [left] = (await index().listedEntries(tag, { afterMs: undefined, limit: 10 })).entries
  expect(await ends(tag)).toBe((left?.endMs ?? 0) + 1)
})

test("what entries come and go leave behind is bounded by what was listed at one time", async () => {
  const tag = anotherTag()
  for (let round = 0; round < 30; round += 1) {
    const entries = Array.from({ length: 100 }, (_, n) => ({ key: keyOf(`${round} ${n}`), lifeMs: 20 }))
    await index().listEntries(tag, entries)
    expect(((await redis.command("ZRANGE", tag.index, "0", "-1")) as string[]).length).toBeLessThan(1000)
    await subject.advance(10)
  }
  await subject.advance(30)
  expect(await redis.command("EXISTS", tag.index)).toBe(0)
})

test("one that was left by another run may lack what was listed last: it is born anew, and keeps what it has", async () => {
  const tag = anotherTag()
  await index().listEntries(tag, [{ key: keyOf("a"), lifeMs: 60_000 }])
  const [birth = ""] = ((await redis.command("ZRANGE", tag.index, "-1", "-1")) as string[]) ?? []
  await redis.command("ZREM", tag.index, birth)
  await redis.command("ZADD", tag.index, "inf", `#1700000000000 ${"0".repeat(40)} ${"0".repeat(32)}`)
  expect(await index().listedEntries(tag, { afterMs: undefined, limit: 10 })).toMatchObject({ birth: undefined })
  await index().listEntries(tag, [{ key: keyOf("b"), lifeMs: 60_000 }])
  const page = await index().listedEntries(tag, { afterMs: undefined, limit: 10 })
  expect(page.birth?.atMs).toBeGreaterThanOrEqual(Number(birth.slice(1, 14)))
  expect(page.entries.map(({ key }) => key).toSorted()).toEqual([keyOf("a"), keyOf("b")])
  expect((await redis.command("ZRANGE", tag.index, "0", "-1")) as string[]).toHaveLength(3)
})

test("what another program keeps under its key stays, and nothing is stored", async () => {
  const tag = tagAddress(namespace, "t")
  await redis.command("RPUSH", tag.index, "theirs")
  const refused = { code: "SERVER_REFUSED", facts: { reply: "WRONGTYPE" } }
  await expect(index().listEntries(tag, [{ key: keyOf("a"), lifeMs: 60_000 }])).rejects.toMatchObject(refused)
  await expect(index().listedEntries(tag, { afterMs: undefined, limit: 10 })).rejects.toMatchObject(refused)
  await using holdfast = createHoldfast({ redis: clientCell("redis 6").create(redis.url), namespace })
  const cache = itemCache(holdfast)
  expect(await cache.get("a")).toBe("a")
  expect(await redis.command("EXISTS", keyOf("a"))).toBe(0)
  expect(await redis.command("LRANGE", tag.index, "0", "-1")).toEqual(["theirs"])
})

test("on a server that is out of memory nothing is listed and nothing stored; listing and freeing go on", async () => {
  await using holdfast = createHoldfast({ redis: clientCell("redis 6").create(redis.url), namespace })
  const cache = itemCache(holdfast)
  await cache.get("a")
  await holdfast.invalidateTags(["t"])
  await redis.command("CONFIG", "SET", "maxmemory", "1")
  expect(await cache.get("b")).toBe("b")
  expect(await listed(holdfast)).toEqual(["a"])
  expect(await holdfast.reclaimTag("t")).toMatchObject({ freed: 1, left: 0 })
  expect(await redis.command("EXISTS", keyOf("a"), keyOf("b"), tagAddress(namespace, "t").index)).toBe(0)
})

function itemCache(holdfast: Holdfast): ReadThroughCache<string, string> {
  const load = async (id: string): Promise<string> => id
  const loadMany = async (ids: readonly string[]): Promise<Map<string, string>> => new Map(ids.map((id) => [id, id]))
  const policy = { ttl: "10m", local: false, tags: () => ["t"], index: true } as const
  return holdfast.cache({ name: "item", ...policy, load, loadMany })
}

/** Reads until all were stored: on a busy machine a lease may run out before its fill. */
async function storeAll(cache: ReadThroughCache<string, string>, ids: readonly string[]): Promise<void> {
  for (let round = 0; round < 10 && cache.stats().fills < ids.length; round += 1)
    for (let from = 0; from < ids.length; from += 250) await cache.getMany(ids.slice(from, from + 250))
}

async function listed(holdfast: Holdfast): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of holdfast.listTag("t")) keys.push(key)
  return keys.toSorted()
}

/** Commands by which a test, or a connection, asks for no entry and no tag. */
const besides = /^(info|config|ping|client|cluster|hello|command|auth|select|subscribe|time)/
/** What an invalidation of one tag may have all servers do, commands inside of scripts included, however many entries die. */
const mostCommands = 16

describe.each(["one server", "a cluster"] as const)("10,000 entries of a tag, on %s", (topology) => {
  const nodes = (): readonly RedisProcess[] => (topology === "one server" ? [redis] : cluster.nodes)
  const open = (): Holdfast => {
    const client =
      topology === "one server"
        ? clientCell("redis 6").create(redis.url)
        : clusterCells[0]?.create(cluster.nodes.map(({ url }) => url))
    return createHoldfast({ redis: client, namespace, commandTimeout: "10s", maxInFlight: 20_000 })
  }
  /** Commands by name that all servers have executed since they were last asked to forget them, scripts' own included. */
  const executed = async (): Promise<Map<string, number>> => {
    const counts = new Map<string, number>()
    for (const node of nodes())
      for (const [, name = "", calls] of String(await node.command("INFO", "commandstats")).matchAll(
        /cmdstat_(\S+):calls=(\d+)/g,
      ))
        counts.set(name, (counts.get(name) ?? 0) + Number(calls))
    return counts
  }
  const size = async (): Promise<number> => {
    const names = await Promise.all(nodes().map(async (node) => (await node.command("KEYS", "*")) as string[]))
    // What a process leaves on a server after it has invalidated something is not of an entry.
    return names.flat().filter((name) => !name.includes("{mark#")).length
  }

  test("are all listed, die by a constant number of commands, and are freed while others are stored", async () => {
    await Promise.all(nodes().map((node) => node.command("FLUSHALL")))
    await using holdfast = open()
    await using other = open()
    const [cache, there] = [itemCache(holdfast), itemCache(other)]
    const keys = Array.from({ length: 10_000 }, (_, n) => `k${n}`)
    await storeAll(cache, keys)
    expect(await listed(holdfast)).toEqual(keys.toSorted())
    const before = await size()

    await Promise.all(nodes().map((node) => node.command("CONFIG", "RESETSTAT")))
    expect(await holdfast.invalidateTags(["t"])).toEqual({ delivered: true })
    const done = [...(await executed())].filter(([name]) => !besides.test(name))
    console.log(`${topology}: ${done.map(([name, calls]) => `${calls} ${name}`).join(", ")}`)
    expect(done.reduce((sum, [, calls]) => sum + calls, 0)).toBeLessThanOrEqual(mostCommands)
    expect(await size()).toBe(before)

    // Half of them are stored again meanwhile, and new ones.
    const again = [...keys.slice(0, 5000), ...Array.from({ length: 500 }, (_, n) => `new${n}`)]
    const storing = storeAll(there, again)
    const progress: number[] = []
    const reclaimed = await holdfast.reclaimTag("t", { batch: 500, onProgress: ({ freed }) => progress.push(freed) })
    await storing
    const rest = await holdfast.reclaimTag("t")
    expect(rest.left).toBe(again.length)
    expect(reclaimed.freed + rest.freed).toBeGreaterThanOrEqual(5000)
    expect(progress.length).toBeGreaterThan(5)
    expect(await listed(holdfast)).toEqual(again.toSorted())
    // The tag, the tag of the cache, the tag clock and the index are what is left besides.
    expect(await size()).toBe(again.length + (before - keys.length))
    const found = await Promise.all(again.map((id) => there.peek(id)))
    expect(found).toEqual(again)

    expect(await holdfast.invalidateTags(["t"])).toEqual({ delivered: true })
    expect(await holdfast.reclaimTag("t", { batch: 1000 })).toMatchObject({ freed: again.length, left: 0 })
    expect(await size()).toBe(before - keys.length - 1)
  }, 120_000)
})
