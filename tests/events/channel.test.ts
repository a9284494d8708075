import { startCluster, startRedis, type RedisCluster, type RedisProcess } from "@holdfast/servers"
import { createHoldfast, type ChannelOptions, type Holdfast, type HoldfastEvent } from "holdfast"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { clientCell, clientRows, clusterCells } from "../cells.ts"
import { Rows, soon, type Product } from "./event-service.ts"

let redis: RedisProcess
let cluster: RedisCluster
beforeAll(async () => {
  ;[redis, cluster] = await Promise.all([startRedis(), startCluster({ primaries: 3 })])
})
beforeEach(() => redis.command("FLUSHALL"))
afterAll(() => Promise.all([redis.stop(), cluster.stop()]))

interface Hearing {
  readonly holdfast: Holdfast
  readonly rows: Rows
  readonly read: (id: string) => Promise<number | undefined>
  readonly isStored: (id: string) => Promise<boolean>
  readonly stats: () => { readonly heard: number; readonly unreadable: number; readonly gaps: number }
  readonly clears: () => number
}

async function hearing(client: unknown, options?: ChannelOptions<Product>): Promise<Hearing> {
  const rows = new Rows()
  const reported: HoldfastEvent[] = []
  const onEvent = (event: HoldfastEvent): void => void reported.push(event)
  const holdfast = createHoldfast({ redis: client, namespace: "shop", commandTimeout: "5s", onEvent })
  const channel = holdfast.channel<Product>("legacy.product", options)
  const load = async (id: string): Promise<number> => rows.read(id)
  const cache = holdfast.cache({ name: "product", ttl: "1h", load, invalidateOn: [channel.keys(({ id }) => [id])] })
  if ((await soon(() => channel.stats().gaps === 1)) === undefined) throw new Error("The channel is not heard.")
  const clears = (): number => reported.filter(({ name }) => name === "clear").length
  const isStored = async (id: string): Promise<boolean> => (await cache.peek(id)) !== undefined
  return { holdfast, rows, read: (id) => cache.get(id), isStored, stats: () => channel.stats(), clears }
}

const publish = (id: string): Promise<unknown> => redis.command("PUBLISH", "legacy.product", JSON.stringify({ id }))

test.each(clientRows)("%s: what another program publishes invalidates", async (_, cell) => {
  const { holdfast, rows, read, stats } = await hearing(cell.create(redis.url))
  for (let n = 0; n < 20; n += 1) {
    expect(await soon(async () => (await read("1")) === n)).toBe(true)
    rows.commit("1")
    await publish("1")
  }
  expect(await soon(() => stats().heard === 20)).toBe(true)
  expect(stats()).toMatchObject({ unreadable: 0, gaps: 1 })
  await holdfast.close()
})

test("a message that was missed is lost, and the cache is cleared once the channel is heard again", async () => {
  const { holdfast, rows, read, stats, clears } = await hearing(clientCell("redis 6").create(redis.url))
  expect(await soon(() => clears() === 1)).toBe(true)
  expect(await read("1")).toBe(0)
  rows.commit("1")
  await redis.command("CLIENT", "KILL", "TYPE", "pubsub")
  await publish("1")
  expect(await soon(() => stats().gaps === 2)).toBe(true)
  expect(await soon(async () => (await read("1")) === 1)).toBe(true)
  expect([stats().heard, clears()]).toEqual([0, 2])
  await holdfast.close()
})

test("who does not want that keeps the older value until its ttl", async () => {
  const ignoring = { onReconnect: "ignore" } as const
  const client = clientCell("redis 6").create(redis.url)
  const { holdfast, rows, read, isStored, stats, clears } = await hearing(client, ignoring)
  // A load at the very beginning may find no tags to be stored with.
  expect(await soon(async () => (await read("1")) === 0 && (await isStored("1")))).toBe(true)
  rows.commit("1")
  await redis.command("CLIENT", "KILL", "TYPE", "pubsub")
  await publish("1")
  expect(await soon(() => stats().gaps === 2)).toBe(true)
  expect([await read("1"), stats().heard, clears()]).toEqual([0, 0, 0])
  await holdfast.close()
})

test("what nobody can read clears the cache", async () => {
  const { holdfast, rows, read, stats, clears } = await hearing(clientCell("redis 6").create(redis.url))
  expect(await read("1")).toBe(0)
  rows.commit("1")
  await redis.command("PUBLISH", "legacy.product", "{")
  await redis.command("PUBLISH", "legacy.product", "{}")
  expect(await soon(() => stats().unreadable === 2)).toBe(true)
  expect(await soon(async () => (await read("1")) === 1)).toBe(true)
  expect(clears()).toBe(3)
  await holdfast.close()
})

test.each(clusterCells.map((cell) => [cell.name, cell] as const))(
  "%s: in a cluster a message is heard once",
  async (_, cell) => {
    const { holdfast, rows, read, stats } = await hearing(cell.create(cluster.urls))
    for (let n = 0; n < 9; n += 1) {
      const before = await read(cell.name)
      rows.commit(cell.name)
      await cluster.nodes[n % 3]?.command("PUBLISH", "legacy.product", JSON.stringify({ id: cell.name }))
      expect(await soon(async () => (await read(cell.name)) === (before ?? 0) + 1)).toBe(true)
    }
    expect(stats()).toMatchObject({ heard: 9, gaps: 1 })
    await holdfast.close()
  },
)
