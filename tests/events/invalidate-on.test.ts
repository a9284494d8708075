import { setTimeout as sleep } from "node:timers/promises"
import { startCluster, startRedis, type RedisCluster, type RedisProcess } from "@holdfast/servers"
import { createHoldfast } from "holdfast"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { clientCell, clientRows, clusterCells } from "../cells.ts"
import { EventService, publishSurely, Rows, soon, type Product } from "./event-service.ts"

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
beforeEach(() => redis.command("FLUSHALL"))
afterAll(() => redis.stop())

const create = (): unknown => clientCell("redis 6").create(redis.url)
const stream = "catalog:{event#product.updated}"

test.each(clientRows)(
  "%s: a service that was down while events were published catches up on start",
  async (_, cell) => {
    const rows = new Rows()
    const publisher = createHoldfast({ redis: cell.create(redis.url), namespace: "catalog", commandTimeout: "2s" })
    const updated = publisher.event<Product>("product.updated")
    {
      await using before = new EventService({ redis: cell.create(redis.url), rows })
      expect(await before.caughtUp()).toBe(true)
      for (const id of ["1", "2", "3"]) expect(await before.cache.get(id)).toBe(0)
    }
    for (let n = 0; n < 150; n += 1) {
      const id = n % 2 === 0 ? "1" : "2"
      rows.commit(id)
      await publishSurely(updated, { id }, `m${n}`)
    }
    await using after = new EventService({ redis: cell.create(redis.url), rows })
    await after.holdfast.caughtUp({ timeout: "15s" })
    expect([await after.cache.get("1"), await after.cache.get("2")]).toEqual([75, 75])
    expect([after.gaps, after.clears]).toEqual([[], 0])
    // It was not cleared: what no event was about is served from the store.
    rows.commit("3")
    expect(await after.cache.get("3")).toBe(0)
    await publisher.close()
  },
)

test("an event is applied within milliseconds, in each of two services that hear of it", async () => {
  const rows = new Rows()
  const publisher = createHoldfast({ redis: create(), namespace: "catalog", commandTimeout: "2s" })
  const updated = publisher.event<Product>("product.updated")
  await using shop = new EventService({ redis: create(), rows })
  await using search = new EventService({ redis: create(), rows, namespace: "search" })
  expect([await shop.caughtUp(), await search.caughtUp()]).toEqual([true, true])
  const latencies: number[] = []
  for (let n = 0; n < 200; n += 1) {
    expect([await shop.cache.get("1"), await search.cache.get("1")]).toEqual([n, n])
    rows.commit("1")
    const startedMs = performance.now()
    await updated.publish({ id: "1" })
    const isSeen = async (): Promise<boolean> =>
      (await shop.cache.get("1")) === n + 1 && (await search.cache.get("1")) === n + 1
    while (!(await isSeen())) if (performance.now() - startedMs > 5000) throw new Error("It was not seen within 5 s.")
    latencies.push(performance.now() - startedMs)
  }
  latencies.sort((a, b) => a - b)
  const [p50, p99] = [latencies[100], latencies[198]]
  console.log(`from publish to a new value in two services: p50 ${p50?.toFixed(1)} ms, p99 ${p99?.toFixed(1)} ms`)
  expect(p50).toBeLessThan(500)
  expect([shop.clears, search.clears]).toEqual([1, 1])
  await publisher.close()
})

test("in a process that does not read, what was published has been applied once it has caught up", async () => {
  const rows = new Rows()
  await using reading = new EventService({ redis: create(), rows })
  await reading.holdfast.caughtUp({ timeout: "15s" })
  await using waiting = new EventService({ redis: create(), rows })
  await waiting.holdfast.caughtUp({ timeout: "15s" })
  for (let n = 0; n < 200; n += 1) {
    expect(await waiting.cache.get("1")).toBe(n)
    rows.commit("1")
    await waiting.event.publish({ id: "1" })
    await waiting.holdfast.caughtUp({ timeout: "15s" })
  }
  expect(await waiting.cache.get("1")).toBe(200)
  expect(waiting.event.stats().readers[0]).toMatchObject({ isReading: false, handled: 0 })
  expect([reading.clears, waiting.clears]).toEqual([1, 0])
})

test("without the messages that wake readers an event is applied within seconds", async () => {
  const rows = new Rows()
  await using shop = new EventService({ redis: create(), rows })
  expect(await shop.caughtUp()).toBe(true)
  expect(await shop.cache.get("1")).toBe(0)
  rows.commit("1")
  // As a message that is lost: nobody is told.
  const [, era, , count] = /^(\w+) ((\d+)) /.exec(String(await redis.command("GET", `${stream}:head`))) ?? []
  const next = Number(count) + 1
  const fields = ["v", "1", "id", "x", "era", String(era), "n", String(next), "data", '{"id":"1"}']
  const id = String(await redis.command("XADD", stream, "*", ...fields))
  const run = /run_id:(\w+)/.exec(String(await redis.command("INFO", "server")))?.[1]
  await redis.command("SET", `${stream}:head`, `${era} ${next} ${run} ${id}`)
  expect(await soon(async () => (await shop.cache.get("1")) === 1, 5000)).toBe(true)
  expect(shop.clears).toBe(1)
})

test.each([
  ["trimmed", "its events were trimmed away", () => redis.command("XTRIM", stream, "MAXLEN", "0")],
  ["trimmed", "its stream was deleted", () => redis.command("DEL", stream)],
  ["lost", "what is kept beside its stream was deleted", () => redis.command("DEL", `${stream}:head`)],
  ["unknown", "its place was deleted", () => redis.command("DEL", `${stream}:reader#shop#cache#product`)],
  ["unknown", "everything was flushed", () => redis.command("FLUSHALL")],
  ["lost", "its server was started anew without it", () => lostByRestart()],
])("a service that was down notices a gap (%s): %s, and its cache is cleared", async (why, _, happen) => {
  const rows = new Rows()
  {
    await using before = new EventService({ redis: create(), rows })
    expect(await before.caughtUp()).toBe(true)
    expect(await before.cache.get("1")).toBe(0)
    rows.commit("1")
    await before.holdfast.close()
  }
  {
    await using publisher = createHoldfast({ redis: create(), namespace: "catalog", commandTimeout: "2s" })
    await publishSurely(publisher.event<Product>("product.updated"), { id: "1" }, "m")
  }
  await happen()
  await using after = new EventService({ redis: create(), rows })
  expect(await after.caughtUp()).toBe(true)
  expect(await after.cache.get("1")).toBe(1)
  expect(after.gaps).toEqual([why])
  expect(after.clears).toBe(1)
})

/** The place of the reader comes back, as from a dump, and the stream does not. */
async function lostByRestart(): Promise<void> {
  const key = `${stream}:reader#shop#cache#product`
  const place = await redis.command("GET", key)
  await redis.restart()
  await redis.command("SET", key, String(place))
}

test("a server that is flushed under a living service is noticed, and it goes on", async () => {
  const rows = new Rows()
  await using shop = new EventService({ redis: create(), rows })
  expect(await shop.caughtUp()).toBe(true)
  await redis.command("FLUSHALL")
  expect(await soon(() => shop.gaps.length === 2, 5000)).toBe(true)
  expect(shop.gaps[1]).toBe("lost")
  expect(await shop.cache.get("1")).toBe(0)
  rows.commit("1")
  await publishSurely(shop.event, { id: "1" }, "m")
  expect(await soon(async () => (await shop.cache.get("1")) === 1, 5000)).toBe(true)
  expect(shop.clears).toBe(2)
})

test("a process that is killed is followed by another one of its service", async () => {
  const rows = new Rows()
  await using first = new EventService({ redis: create(), rows })
  expect(await first.caughtUp()).toBe(true)
  // As a killed process leaves it: somebody else holds the lease, and never comes back.
  const key = `${stream}:reader#shop#cache#product`
  const place = String(await redis.command("GET", key)).split(" ")
  await first.holdfast.close()
  const seconds = Number(((await redis.command("TIME")) as string[])[0])
  await redis.command("SET", key, [...place.slice(0, 3), "d".repeat(32), String((seconds + 4) * 1000)].join(" "))
  await using second = new EventService({ redis: create(), rows })
  expect(await second.cache.get("1")).toBe(0)
  rows.commit("1")
  await publishSurely(second.event, { id: "1" }, "m")
  await sleep(500)
  expect(await second.cache.get("1")).toBe(0)
  expect(await soon(async () => (await second.cache.get("1")) === 1, 10_000)).toBe(true)
  expect(second.gaps).toEqual([])
})

let cluster: RedisCluster
beforeAll(async () => {
  cluster = await startCluster({ primaries: 3, replicas: 1, nodeTimeoutMs: 2000 })
})
afterAll(() => cluster.stop())

test.each(clusterCells.map((cell) => [cell.name, cell] as const))(
  "%s: on a cluster, and a fail-over of the server of the stream is a gap",
  async (name, cell) => {
    const rows = new Rows()
    const owner = await cluster.ownerOf(stream)
    await using shop = new EventService({
      redis: cell.create(cluster.urls),
      rows,
      namespace: `shop-${name.replaceAll(/\W/g, "")}`,
    })
    expect(await shop.caughtUp(30_000)).toBe(true)
    for (let n = 1; n <= 20; n += 1) {
      expect(await soon(async () => (await shop.cache.get("1")) === n - 1, 5000)).toBe(true)
      rows.commit("1")
      await publishSurely(shop.event, { id: "1" }, `m${n}`)
    }
    expect(await soon(async () => (await shop.cache.get("1")) === 20, 5000)).toBe(true)
    const { clears } = shop
    await cluster.failOver(owner)
    rows.commit("2")
    await publishSurely(shop.event, { id: "2" }, "after")
    expect(await soon(() => shop.gaps.at(-1) === "lost" && shop.clears > clears, 30_000)).toBe(true)
    expect(await soon(async () => (await shop.cache.get("2")) === 1, 10_000)).toBe(true)
  },
)
