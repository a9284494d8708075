import { startRedis, type RedisProcess } from "@holdfast/servers"
import {
  createHoldfast,
  type Holdfast,
  type HoldfastEvent,
  type InvalidationRule,
  type ReadThroughCache,
} from "holdfast"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { clientCell, clientRows } from "../cells.ts"
import { publishSurely, Rows, soon } from "./event-service.ts"

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
beforeEach(() => redis.command("FLUSHALL"))
afterAll(() => redis.stop())

interface Renamed {
  readonly category: number
}

const stream = "catalog:{event#category.renamed}"
const tagsOf = ({ category }: Renamed): readonly string[] => [`category:${category}`]

/** A process of a service whose caches hold rows of the category 7. */
class TagService implements AsyncDisposable {
  readonly holdfast: Holdfast
  readonly reported: HoldfastEvent[] = []
  readonly #rows: Rows

  constructor(client: string, rows: Rows, namespace = "shop") {
    const onEvent = (event: HoldfastEvent): void => void this.reported.push(event)
    const redisClient = clientCell(client).create(redis.url)
    this.holdfast = createHoldfast({ redis: redisClient, namespace, onEvent, commandTimeout: "5s" })
    this.#rows = rows
  }

  cache(name: string, invalidateOn: readonly InvalidationRule<string>[] = []): ReadThroughCache<string, number> {
    const load = async (id: string): Promise<number> => this.#rows.read(id)
    return this.holdfast.cache({ name, ttl: "1h", load, tags: () => ["category:7"], invalidateOn })
  }

  /** A cache without rules, and one whose rule names tags. */
  caches(): readonly [ReadThroughCache<string, number>, ReadThroughCache<string, number>] {
    const event = this.holdfast.event<Renamed>("category.renamed", { namespace: "catalog" })
    return [this.cache("product"), this.cache("menu", [event.tags(tagsOf)])]
  }

  count(name: HoldfastEvent["name"]): number {
    return this.reported.filter((event) => event.name === name).length
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.holdfast.close()
  }
}

async function rename(category: number, id: string): Promise<void> {
  await using publisher = new TagService("redis 6", new Rows(), "catalog")
  await publishSurely(publisher.holdfast.event<Renamed>("category.renamed"), { category }, id)
}

const reads = async (cache: ReadThroughCache<string, number>, version: number): Promise<boolean | undefined> =>
  soon(async () => (await cache.get("1")) === version)

/** A load at the very beginning may find no tags to be stored with. */
const isStored = async (cache: ReadThroughCache<string, number>): Promise<boolean | undefined> =>
  soon(async () => (await cache.get("1")) === 0 && (await cache.peek("1")) !== undefined)

test.each(clientRows)("%s: a tag that an event names reaches every cache of both processes", async (client) => {
  const rows = new Rows()
  await using one = new TagService(client, rows)
  await using two = new TagService(client, rows)
  const [product, menu] = one.caches()
  const [productThere] = two.caches()
  const page = two.cache("page")
  const all = [product, menu, productThere, page]
  await Promise.all([one, two].map(({ holdfast }) => holdfast.caughtUp({ timeout: "15s" })))
  const clears = one.count("clear") + two.count("clear")
  for (let n = 1; n <= 5; n += 1) {
    for (const cache of all) expect(await cache.get("1")).toBe(n - 1)
    rows.commit("1")
    await rename(8, `other${n}`)
    await rename(7, `m${n}`)
    for (const cache of all) expect(await reads(cache, n), cache.name).toBe(true)
  }
  expect(one.count("clear") + two.count("clear")).toBe(clears)
})

test.each([
  ["its events were trimmed away", () => redis.command("XTRIM", stream, "MAXLEN", "0")],
  ["its place was deleted", () => redis.command("DEL", `${stream}:reader#shop#cache#menu`)],
])("a service that was down, and of which %s, leaves nothing old in any cache of the namespace", async (_, happen) => {
  const rows = new Rows()
  await using elsewhere = new TagService("redis 6", rows)
  const page = elsewhere.cache("page")
  {
    await using before = new TagService("redis 6", rows)
    const caches = before.caches()
    await before.holdfast.caughtUp({ timeout: "15s" })
    expect(await soon(() => before.count("replay-sweep") === 1)).toBe(true)
    for (const cache of [...caches, page]) expect(await isStored(cache), cache.name).toBe(true)
  }
  rows.commit("1")
  await rename(7, "m")
  await happen()
  await using after = new TagService("redis 6", rows)
  const [product, menu] = after.caches()
  await after.holdfast.caughtUp({ timeout: "15s" })
  expect([await product.get("1"), await menu.get("1")]).toEqual([1, 1])
  // What only another process has follows.
  expect(await reads(page, 1)).toBe(true)
  expect(await soon(() => after.count("replay-sweep") === 1)).toBe(true)
})

test("once a channel is heard again nothing old is in any cache of the namespace", async () => {
  const rows = new Rows()
  await using hearing = new TagService("redis 6", rows)
  const channel = hearing.holdfast.channel<Renamed>("legacy.category")
  const product = hearing.cache("product")
  hearing.cache("menu", [channel.tags(tagsOf)])
  await using elsewhere = new TagService("redis 6", rows)
  const page = elsewhere.cache("page")
  expect(await soon(() => channel.stats().gaps === 1 && hearing.count("replay-sweep") === 1)).toBe(true)
  for (const cache of [product, page]) expect(await isStored(cache), cache.name).toBe(true)
  rows.commit("1")
  await redis.command("CLIENT", "KILL", "TYPE", "pubsub")
  await redis.command("PUBLISH", "legacy.category", JSON.stringify({ category: 7 }))
  expect(await soon(() => channel.stats().gaps === 2)).toBe(true)
  for (const cache of [product, page]) expect(await reads(cache, 1), cache.name).toBe(true)
  expect(channel.stats().heard).toBe(0)
})
