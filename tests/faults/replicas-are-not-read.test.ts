import { startCluster, type RedisCluster, type RedisProcess } from "@holdfast/servers"
import { GlideClient } from "@valkey/valkey-glide"
import { createHoldfast } from "holdfast"
import { valkeyGlide } from "holdfast/valkey-glide"
import { Cluster } from "ioredis"
import { Cluster as Cluster5 } from "ioredis5"
import { createCluster } from "redis"
import { createCluster as createCluster5 } from "redis5"
import { afterAll, beforeAll, expect, test } from "vitest"

const password = "p@ss:word"
let cluster: RedisCluster
beforeAll(async () => {
  cluster = await startCluster({ primaries: 1, replicas: 1, password })
})
afterAll(() => cluster.stop())

/** Clients as users set them who read from replicas. */
const clients: readonly (readonly [string, () => unknown])[] = [
  ["redis 6", () => createCluster({ ...nodeRedisNodes(), useReplicas: true })],
  ["redis 5", () => createCluster5({ ...nodeRedisNodes(), useReplicas: true })],
  ["ioredis 6", () => new Cluster([...cluster.urls], { ...ioredisNodes(), scaleReads: "slave" })],
  ["ioredis 5", () => new Cluster5([...cluster.urls], { ...ioredisNodes(), scaleReads: "slave" })],
  [
    "GLIDE 2.5",
    () => valkeyGlide(GlideClient, { ...glideNodes(), readFrom: "preferReplica" }, { topology: "cluster" }),
  ],
]
const nodeRedisNodes = () => ({
  rootNodes: cluster.urls.map((url) => ({ url })),
  defaults: { password, readonly: true },
})
const ioredisNodes = () => ({ lazyConnect: true, redisOptions: { password, readOnly: true } })
const glideNodes = () => ({
  addresses: cluster.nodes.map(({ host, port }) => ({ host, port })),
  credentials: { password },
})

test.each(clients)("%s: primaries are read, whatever the user's client says of replicas", async (_name, create) => {
  const [primary, replica] = cluster.nodes as readonly [RedisProcess, RedisProcess]
  for (const node of cluster.nodes) await node.command("CONFIG", "RESETSTAT")
  await using holdfast = createHoldfast({ namespace: "replicas", redis: create() })
  const cache = holdfast.cache({ name: "item", ttl: "1m", local: false, load: async (id: string) => id })
  const ids = Array.from({ length: 30 }, (_none, at) => `i${at}`)
  for (let round = 0; round < 2; round += 1) for (const id of ids) await cache.get(id)
  await cache.getMany(ids)
  expect(cache.stats().hits).toBeGreaterThan(ids.length)
  const calls = async (node: RedisProcess): Promise<string> => String(await node.command("INFO", "commandstats"))
  expect(await calls(primary)).toMatch(/cmdstat_get:/)
  expect(await calls(replica)).not.toMatch(/cmdstat_(get|mget|readonly):/)
})
