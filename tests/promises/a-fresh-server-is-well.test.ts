import { startCluster, startRedis, type RedisCluster, type RedisProcess } from "@holdfast/servers"
import { createHoldfast, type Health } from "holdfast"
import { afterAll, beforeAll, expect, test } from "vitest"
import { clientRows, clusterRows } from "../cells.ts"

/** Servers as they come: nothing is set, and so no limit of their memory. */
let redis: RedisProcess
let cluster: RedisCluster
beforeAll(async () => {
  ;[redis, cluster] = await Promise.all([startRedis(), startCluster()])
})
afterAll(() => Promise.all([redis.stop(), cluster.stop()]))

/** What health says as soon as the first read has been answered, and once more while near caches come to be proved. */
async function firstHealth(client: unknown): Promise<readonly Health[]> {
  await using holdfast = createHoldfast({ redis: client, namespace: "fresh", commandTimeout: "5s" })
  const cache = holdfast.cache({ name: "item", ttl: "1m", load: async (id: string) => id })
  await cache.get("a")
  return [await holdfast.health(), await holdfast.health()]
}

function expectWell(said: readonly Health[]): void {
  for (const { status, ok, reasons, notices } of said) {
    expect({ status, ok, reasons }).toEqual({ status: "ok", ok: true, reasons: [] })
    expect(notices.join(" ")).toContain("No `maxmemory` is set")
  }
}

test.each(clientRows)("%s: a server as it comes is well from the first read on", async (_name, client) => {
  expectWell(await firstHealth(client.create(redis.url)))
})

test.each(clusterRows)("%s: so is a cluster", async (_name, client) => {
  expectWell(await firstHealth(client.create(cluster.urls)))
})
