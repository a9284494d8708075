import { setTimeout as sleep } from "node:timers/promises"
import { startCluster, startRedis, until, type RedisCluster, type RedisProcess } from "@holdfast/servers"
import { afterAll, beforeAll, expect, test } from "vitest"
import { clientCell, clusterCells } from "../cells.ts"
import { documentedFor, documentedPermissions } from "../documented-permissions.ts"
import { memorySource } from "../source.ts"
import { maxStalenessMs, namespace, NearProcess } from "./near-process.ts"
import { clients } from "./near-topology.ts"

const documented = documentedPermissions([], namespace)
const forClusters = documentedFor("cluster")

let redis: RedisProcess
let cluster: RedisCluster
beforeAll(async () => {
  ;[redis, cluster] = await Promise.all([startRedis(), startCluster()])
})
afterAll(() => Promise.all([redis.stop(), cluster.stop()]))

const asUser = (url: string): string => url.replace("//", "//shop:secret@")

async function allow(servers: readonly RedisProcess[], permissions: readonly string[]): Promise<void> {
  await Promise.all(servers.map((server) => server.command("ACL", "SETUSER", "shop", "reset", ...permissions)))
  await Promise.all(servers.map((server) => server.command("FLUSHALL")))
}

/** Two processes that may do all but keep copies: changes are seen at once, and health says why nothing is near. */
async function expectBypassed(create: () => unknown, why: RegExp): Promise<void> {
  const source = memorySource()
  await using here = new NearProcess({ redis: create(), source })
  await using elsewhere = new NearProcess({ redis: create(), source })
  for (const { holdfast } of [here, elsewhere])
    expect(await until(async () => (await holdfast.health()).ok, { timeoutMs: 20_000, everyMs: 10 })).toBe(true)
  for (let round = 0; round < 20; round += 1) {
    const key = `k${round % 4}`
    expect((await here.read(key)).version).toBe(await source.read(key))
    const version = await (round % 2 === 0 ? elsewhere.change(key) : elsewhere.write(key))
    expect(version).toBeDefined()
    expect(await here.read(key)).toEqual({ version, isNear: false })
    await sleep(maxStalenessMs / 8)
  }
  const { near, nearHits, hits } = here.cache.stats()
  expect(nearHits).toBe(0)
  expect(hits).toBeGreaterThan(0)
  expect(near?.proved).toBe(false)
  expect(near?.why).toMatch(why)
  const { status, ok, nearCaches, reasons } = await here.holdfast.health()
  expect({ status, ok }, reasons.join(" ")).toEqual({ status: "degraded", ok: true })
  expect(nearCaches[0]).toMatch(why)
  expect(reasons.some((reason) => reason.startsWith("Near caches are bypassed"))).toBe(true)
}

test.each(clients)(
  "%s: on a cluster without +cluster|nodes near caches are bypassed, and all else works",
  async (client) => {
    const others = forClusters.filter((word) => word !== "+cluster|nodes")
    expect(others.length).toBe(forClusters.length - 1)
    await allow(cluster.nodes, [...documented, ...others])
    const urls = cluster.urls.map(asUser)
    await expectBypassed(() => clusterCells.find(({ name }) => name === client)?.create(urls), /refused a beat: NOPERM/)
  },
)

test.each(clients)("%s: without +subscribe near caches are bypassed, and all else works", async (client) => {
  await allow(
    [redis],
    documented.filter((word) => word !== "+subscribe"),
  )
  await expectBypassed(() => clientCell(client).create(asUser(redis.url)), /no subscriber connection/)
})

test.each(clients)(
  "%s: with the channel of changes alone near caches are bypassed, and all else works",
  async (client) => {
    await allow(
      [redis],
      documented.map((word) => (word.startsWith("&") ? `&${namespace}:wake` : word)),
    )
    await expectBypassed(() => clientCell(client).create(asUser(redis.url)), /no subscriber connection/)
  },
)

test.each(clients)(
  "%s: without +publish near caches are bypassed, and health says so besides what else is amiss",
  async (client) => {
    await allow(
      [redis],
      documented.filter((word) => word !== "+publish"),
    )
    const source = memorySource()
    await using here = new NearProcess({ redis: clientCell(client).create(asUser(redis.url)), source })
    const refused = async (): Promise<boolean> =>
      /the server refused a beat/.test(String((await here.holdfast.health()).nearCaches))
    expect(await until(refused, { timeoutMs: 10_000, everyMs: 5 })).toBe(true)
    for (let round = 0; round < 5; round += 1) {
      const version = await source.commit("k")
      // Nobody could be woken, so the change counts as undelivered, and this process asks the source.
      expect(await here.cache.invalidate("k")).toEqual({ delivered: false })
      expect(await here.read("k")).toEqual({ version, isNear: false })
    }
    expect((await here.holdfast.health()).undelivered).toBe(1)
  },
)
