import { setTimeout as sleep } from "node:timers/promises"
import { startCluster, startProxy, until, type RedisCluster, type RedisProcess } from "@holdfast/servers"
import { createHoldfast } from "holdfast"
import { entryAddress, openRedisConnection, type RedisConnection } from "holdfast/testing"
import { Cluster } from "ioredis"
import { Cluster as Cluster5 } from "ioredis5"
import { createClient, createCluster } from "redis"
import { createCluster as createCluster5 } from "redis5"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"
import { clusterCells, clusterRows } from "../cells.ts"
import { documentedFor, documentedPermissions } from "../documented-permissions.ts"
import { redisSubject } from "../conformance/store-subjects.ts"

const password = "p@ss:word"
let cluster: RedisCluster
let open: RedisConnection[] = []
beforeAll(async () => {
  cluster = await startCluster({ primaries: 3, replicas: 1, nodeTimeoutMs: 1000, password })
})
afterAll(() => cluster.stop())
beforeEach(() => Promise.all(cluster.nodes.map((node) => node.command("FLUSHALL").catch(() => {}))))
afterEach(async () => {
  await Promise.all(open.map((connection) => connection.close({ timeoutMs: 100 })))
  open = []
})

/** Opens a connection and waits until all primaries can be used. */
async function connect(client: unknown): Promise<RedisConnection> {
  const connection = openRedisConnection(client)
  open.push(connection)
  const ready = (): boolean => {
    const nodes = connection.nodes()
    return nodes.length === 3 && nodes.every(({ state }) => state === "ready")
  }
  expect(await until(ready, { timeoutMs: 15_000, everyMs: 5 })).toBe(true)
  return connection
}

/** The reply as text, or the code of the error and the server's word. */
function outcome(reply: ReturnType<RedisConnection["command"]>): Promise<string> {
  return reply.then(String, ({ code, facts }: { code: string; facts: { reply?: string } }) =>
    `${code} ${facts.reply ?? ""}`.trimEnd(),
  )
}

async function slotOf(key: string): Promise<number> {
  return Number(await cluster.nodes[0]?.command("CLUSTER", "KEYSLOT", key))
}

/** Connections of clients to a server, without the one that asks. */
async function connectionsOf(node: RedisProcess): Promise<number> {
  let count = -1
  for (const kind of ["normal", "pubsub"]) {
    const list = String(await node.command("CLIENT", "LIST", "TYPE", kind))
    count += list.match(/^id=/gm)?.length ?? 0
  }
  return count
}

/** A server that is a primary and does not have this slot. */
async function another(slot: number): Promise<RedisProcess> {
  const owner = await cluster.ownerOf(slot)
  const owners = await Promise.all([0, 8000, 16_383].map((each) => cluster.ownerOf(each)))
  const found = owners.find((server) => server !== owner)
  if (found === undefined) throw new Error("One server has every slot.")
  return found
}

test("a client for one server on a node of a cluster is told that it is one", async () => {
  const { port } = await cluster.ownerOf(0)
  const holdfast = createHoldfast({ namespace: "lost", redis: createClient({ password, socket: { port } }) })
  try {
    await holdfast.cache({ name: "item", ttl: "1m", load: async (id: string) => id }).get("a")
    const { ok, nodes } = await holdfast.health()
    expect(ok).toBe(false)
    expect(nodes[0]?.findings.map(({ id }) => id)).toContain("cluster-node")
  } finally {
    await holdfast.close()
  }
})

const echo = {
  name: "echo",
  sha1: "1b936e3fe509bcbc9cd0664897bbe8fd0cac101b",
  lua: "return ARGV[1]",
}

test.each(clusterRows)(
  "%s: the cluster is found and used with the client's credentials, from an object that is never connected",
  async (_name, cell) => {
    const connection = await connect(cell.create(cluster.urls))
    for (const [key, value] of Object.entries({ a: "1", b: "2", c: "3", foo: "4", bar: "5" })) {
      const slot = await slotOf(key)
      expect(await outcome(connection.command(slot, ["SET", key, value]))).toBe("OK")
      expect(await outcome(connection.command(slot, ["GET", key]))).toBe(value)
      expect(await outcome(connection.command(slot, ["GET", key], { fresh: true }))).toBe(value)
      expect(connection.generation(slot)?.node.port).toBe((await cluster.ownerOf(slot)).port)
      expect(Math.abs(connection.serverNow(slot) - Date.now())).toBeLessThan(1000)
    }
    expect(connection.nodes().map(({ state, role }) => `${state} ${role}`)).toEqual(
      Array.from({ length: 3 }, () => "ready primary"),
    )
  },
)

test.each(clusterRows)("%s: closing ends all connections to all servers", async (_name, cell) => {
  const connection = await connect(cell.create(cluster.urls))
  connection.subscribe("c", () => {})
  const joined = (): boolean => connection.nodes().filter(({ subscribed }) => subscribed).length === 3
  expect(await until(joined, { timeoutMs: 15_000, everyMs: 5 })).toBe(true)
  const connected = await Promise.all(cluster.nodes.map(connectionsOf))
  expect(connected.toSorted((a, b) => a - b)).toEqual([0, 0, 0, 2, 2, 2])
  await connection.close({ timeoutMs: 1000 })
  const closed = async (): Promise<boolean> =>
    (await Promise.all(cluster.nodes.map(connectionsOf))).every((n) => n === 0)
  expect(await until(closed, { timeoutMs: 5000, everyMs: 10 })).toBe(true)
})

test.each(clusterRows)("%s: what one process publishes is heard by another on any server", async (_name, cell) => {
  const [speaker, listener] = await Promise.all([0, 1].map(() => connect(cell.create(cluster.urls))))
  if (speaker === undefined || listener === undefined) throw new Error("There are no connections.")
  const heard = new Set<string>()
  listener.subscribe("c", (message) => heard.add(message.toString()))
  const subscribed = (): boolean => {
    const nodes = listener.nodes()
    return nodes.length === 3 && nodes.every((node) => node.subscribed)
  }
  expect(await until(subscribed, { timeoutMs: 15_000, everyMs: 5 })).toBe(true)
  for (const key of ["a", "b", "c"]) {
    expect(await outcome(speaker.command(await slotOf(key), ["PUBLISH", "c", key]))).not.toContain("_")
    expect(await until(() => heard.has(key), { timeoutMs: 5000, everyMs: 5 })).toBe(true)
  }
})

test.each(clusterRows)(
  "%s: a slot on its way is followed by ASK, with cold scripts; what is bound is not; then by MOVED",
  async (_name, cell) => {
    const connection = await connect(cell.create(cluster.urls))
    const key = "moving"
    const slot = await slotOf(key)
    await connection.command(slot, ["SET", key, "here"])
    const run = (): Promise<string> => outcome(connection.script(slot, echo, [key], ["ran"]))
    const pair = (): Promise<string> => outcome(connection.script(slot, echo, [key, `{${key}}:2`], ["ran"]))
    const generation = connection.generation(slot)
    if (generation === undefined) throw new Error("There is no generation.")
    const bound = (): Promise<string> => outcome(connection.command(slot, ["SET", key, "bound"], { generation }))
    const to = await another(slot)
    const move = await cluster.beginMove(slot, to)
    expect(await pair()).toBe("SERVER_REFUSED TRYAGAIN")
    await move.migrateKeys()
    await to.command("SCRIPT", "FLUSH")
    expect(await Promise.all([run(), outcome(connection.command(slot, ["GET", key])), run()])).toEqual([
      "ran",
      "here",
      "ran",
    ])
    expect(await outcome(connection.command(slot, ["GET", key], { fresh: true }))).toBe("here")
    expect(await bound()).toBe("GENERATION_CHANGED")
    expect(connection.generation(slot)).toBe(generation)
    await move.finish()
    await to.command("SCRIPT", "FLUSH")
    expect(await bound()).toBe("GENERATION_CHANGED")
    expect(await run()).toBe("ran")
    expect(await outcome(connection.command(slot, ["GET", key]))).toBe("here")
    expect(connection.generation(slot)?.node.port).toBe(to.port)
  },
)

test.each(clusterRows)(
  "%s: an invalidation in a slot on the move is delivered at once, and its tombstone and a waiter's wake-up are not lost",
  async (_name, cell) => {
    const { store, close } = await redisSubject(cluster, cell.create(cluster.urls), "moving")
    const address = entryAddress("moving", "row", "1")
    const owner = await cluster.ownerOf(address.slot)
    const lease = { token: "a".repeat(32), leaseMs: 60_000, rejected: undefined }
    expect((await store.lease(address, lease)).is).toBe("win")
    expect((await store.lease(address, { ...lease, token: "b".repeat(32) })).is).toBe("wait")
    await owner.command("SET", address.value, "no entry, but there")
    const woken = new Promise<string>((resolve) => void store.onWake(address, resolve))
    const move = await cluster.beginMove(address.slot, await another(address.slot))
    await store.invalidate(address, { mode: "drop", graceMs: 0, version: "0105", tombstoneMs: 60_000 })
    expect(String(await owner.command("GET", address.control))).toMatch(/^tombstone 0105 \d+$/)
    expect(await woken).toBe("invalidated")
    await move.migrateKeys()
    await move.finish()
    await close()
  },
)

test("the user that the reference describes for a cluster can follow a slot, and no other can", async () => {
  const usual = documentedPermissions()
  const forClusters = documentedFor("cluster")
  expect(forClusters.length).toBe(3)
  const [cell] = clusterCells
  const key = "shop:{z}"
  const slot = await slotOf(key)
  const move = await cluster.beginMove(slot, await another(slot))
  const looks = async (permissions: readonly string[]): Promise<string> => {
    await Promise.all(cluster.nodes.map((node) => node.command("ACL", "SETUSER", "shop", "reset", ...permissions)))
    const urls = cluster.urls.map((url) => url.replace(/\/\/.*@/, "//shop:secret@"))
    const connection = openRedisConnection(cell?.create(urls))
    open.push(connection)
    return outcome(connection.command(slot, ["GET", key], { timeoutMs: 2000 }))
  }
  expect(await looks([...usual, ...forClusters])).toBe("null")
  // What near caches need, looks do not.
  for (const permission of forClusters.filter((each) => each !== "+cluster|nodes")) {
    const others = [...usual, ...forClusters].filter((each) => each !== permission)
    expect(await looks(others)).toMatch(/^(STORE_UNAVAILABLE|SERVER_REFUSED)/)
  }
  await move.finish()
})

test("addresses that only the servers can use are translated", async () => {
  const proxies = await Promise.all(cluster.nodes.map((node) => startProxy(node.port)))
  const table = Object.fromEntries(
    cluster.nodes.map((node, at) => [`${node.host}:${node.port}`, { host: "127.0.0.1", port: proxies[at]?.port ?? 0 }]),
  )
  const [seed] = proxies
  const url = `redis://127.0.0.1:${seed?.port}`
  const clients = [
    createCluster({ rootNodes: [{ url }], defaults: { password }, nodeAddressMap: table }),
    createCluster5({ rootNodes: [{ url }], defaults: { password }, nodeAddressMap: (address) => table[address] }),
    new Cluster([url], { lazyConnect: true, redisOptions: { password }, natMap: table }),
    new Cluster5([url], { lazyConnect: true, redisOptions: { password }, natMap: table }),
  ]
  for (const client of clients) {
    const connection = await connect(client)
    for (const slot of [0, 8000, 16_383]) expect(await outcome(connection.command(slot, ["PING"]))).toBe("PONG")
    expect(proxies.filter((proxy) => proxy.open > 0).length).toBeGreaterThanOrEqual(3)
    await connection.close({ timeoutMs: 100 })
    expect(await until(() => proxies.every((proxy) => proxy.open === 0), { timeoutMs: 5000 })).toBe(true)
  }
  await Promise.all(proxies.map((proxy) => proxy.stop()))
})

test.each(clusterRows)(
  "%s: an owner that is frozen costs its slots a deadline and leaves the others alone; its heir is found",
  async (_name, cell) => {
    const connection = await connect(cell.create(cluster.urls))
    const [mine, other] = await Promise.all(["a", "b"].map(slotOf))
    if (mine === undefined || other === undefined) throw new Error("There are no slots.")
    const get = (slot: number, key: string): Promise<string> => outcome(connection.command(slot, ["GET", key]))
    for (const [slot, key] of [[mine, "a"] as const, [other, "b"] as const])
      await connection.command(slot, ["SET", key, key])
    const owner = await cluster.ownerOf(mine)
    expect(await cluster.ownerOf(other)).not.toBe(owner)
    owner.freeze()
    const startedMs = performance.now()
    expect(await get(mine, "a")).toBe("COMMAND_TIMEOUT")
    expect(performance.now() - startedMs).toBeLessThan(600)
    expect(await get(other, "b")).toBe("b")
    expect(await until(async () => (await get(mine, "a")) === "a", { timeoutMs: 20_000, everyMs: 50 })).toBe(true)
    expect(connection.generation(mine)?.node.port).not.toBe(owner.port)
    owner.thaw()
    const back = async (): Promise<boolean> => {
      const heir = await cluster.ownerOf(mine)
      return heir !== owner && (await cluster.replicasOf(heir)).includes(owner)
    }
    expect(await until(back, { timeoutMs: 20_000, everyMs: 50 })).toBe(true)
    await sleep(0)
  },
)
