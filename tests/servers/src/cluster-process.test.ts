import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startCluster, type RedisCluster } from "./cluster-process.ts"
import { isRunning } from "./fixtures/is-running.ts"
import type { RedisProcess } from "./redis-process.ts"

/** "master" or "slave", as the server says. */
const roleOf = (node: RedisProcess): Promise<string> =>
  node.command("ROLE").then((role) => String(Array.isArray(role) ? role[0] : role))

describe("three primaries", () => {
  let cluster: RedisCluster
  beforeAll(async () => {
    cluster = await startCluster()
  })
  afterAll(() => cluster.stop())

  /** Another server than the owner of the slot. */
  async function elsewhere(slot: number): Promise<{ from: RedisProcess; to: RedisProcess }> {
    const from = await cluster.ownerOf(slot)
    const to = cluster.nodes.find((node) => node !== from)
    if (to === undefined) throw new Error("no other server")
    return { from, to }
  }

  test("share the slots evenly, and each names the owner of what it has not", async () => {
    const [first, second, third] = cluster.nodes
    expect(await Promise.all([0, 5461, 5462, 10_922, 10_923, 16_383].map((slot) => cluster.ownerOf(slot)))).toEqual([
      first,
      first,
      second,
      second,
      third,
      third,
    ])
    expect(await cluster.ownerOf("foo")).toBe(third)
    await expect(first?.command("GET", "foo")).rejects.toThrow(`MOVED 12182 127.0.0.1:${third?.port}`)
    expect(cluster.urls).toEqual(cluster.nodes.map(({ url }) => url))
  })

  test("a slot is moved with its keys, and everybody knows when that is done", async () => {
    const { from, to } = await elsewhere(12_182)
    await Promise.all(Array.from({ length: 250 }, (_, at) => from.command("SET", `{foo}${at}`, "v")))
    await cluster.moveSlot(12_182, to)
    expect(await cluster.ownerOf("foo")).toBe(to)
    expect(await to.command("CLUSTER", "COUNTKEYSINSLOT", "12182")).toBe(250)
    for (const node of cluster.nodes.filter((each) => each !== to))
      await expect(node.command("GET", "foo")).rejects.toThrow(`MOVED 12182 127.0.0.1:${to.port}`)
  })

  test("in the middle of a move the old owner has what was not moved and asks to ask for the rest", async () => {
    const { from, to } = await elsewhere(5061)
    await from.command("MSET", "{bar}1", "v", "{bar}2", "v")
    const move = await cluster.beginMove(5061, to)
    await move.migrateKeys(["{bar}1", "{bar}gone"])
    await expect(from.command("GET", "{bar}1")).rejects.toThrow(`ASK 5061 127.0.0.1:${to.port}`)
    expect(await from.command("GET", "{bar}2")).toBe("v")
    await expect(from.command("MGET", "{bar}1", "{bar}2")).rejects.toThrow("TRYAGAIN")
    await expect(to.command("GET", "{bar}1")).rejects.toThrow("MOVED")
    await move.finish()
    expect(await to.command("MGET", "{bar}1", "{bar}2")).toEqual(["v", "v"])
  })

  test("a move that is given up leaves the slot and its keys where they were", async () => {
    const { from, to } = await elsewhere(5061)
    await from.command("MSET", "{bar}1", "v", "{bar}2", "v")
    const move = await cluster.beginMove(5061, to)
    await move.migrateKeys()
    await move.abort()
    expect(await cluster.ownerOf(5061)).toBe(from)
    expect(await from.command("MGET", "{bar}1", "{bar}2")).toEqual(["v", "v"])
    await cluster.moveSlot(5061, to)
    expect(await cluster.ownerOf(5061)).toBe(to)
  })

  test("a server that was killed comes back empty with its slots", async () => {
    const owner = await cluster.ownerOf(0)
    await owner.restart()
    await expect.poll(() => owner.command("CLUSTER", "INFO"), { timeout: 15_000 }).toContain("cluster_state:ok")
    expect(await cluster.ownerOf(0)).toBe(owner)
  })
})

test("a replica takes over from a primary that answers and from one that is dead", async () => {
  const cluster = await startCluster({ replicas: 1, password: "secret" })
  try {
    const [first, , , copy] = cluster.nodes
    if (first === undefined || copy === undefined) throw new Error("servers are missing")
    expect(await cluster.replicasOf(first)).toEqual([copy])
    expect(await roleOf(copy)).toBe("slave")
    expect(await cluster.failOver(first)).toBe(copy)
    expect(await cluster.ownerOf(0)).toBe(copy)
    expect(await roleOf(first)).toBe("slave")
    await copy.kill()
    expect(await cluster.failOver(copy)).toBe(first)
    expect(await cluster.ownerOf(0)).toBe(first)
    await first.command("SET", "{06S}", "v")
    await cluster.moveSlot(0, cluster.nodes[1] ?? first)
    expect(await cluster.ownerOf(0)).toBe(cluster.nodes[1])
  } finally {
    await cluster.stop()
  }
  expect(cluster.nodes.map(({ pid }) => isRunning(pid))).toEqual(Array.from({ length: 6 }, () => false))
})

test("one server is a cluster, and one that cannot be started leaves none behind", async () => {
  const cluster = await startCluster({ primaries: 1 })
  expect(await cluster.ownerOf(16_383)).toBe(cluster.nodes[0])
  await cluster.stop()
  await expect(startCluster({ extraArgs: ["--no-such-setting", "1"] })).rejects.toThrow("no-such-setting")
})
