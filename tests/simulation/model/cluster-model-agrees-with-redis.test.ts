import { startCluster, until, type RedisCluster } from "@holdfast/servers"
import { afterAll, beforeAll, expect, test } from "vitest"
import { ClusterPair, movingSlot } from "./agreement/compare-clusters.ts"
import { anyClusterStep } from "./agreement/cluster-steps.ts"
import { Draws } from "./agreement/draws.ts"

let cluster: RedisCluster
let pair: ClusterPair
beforeAll(async () => {
  cluster = await startCluster()
  pair = await ClusterPair.open(cluster)
})
afterAll(async () => {
  pair.close()
  await cluster.stop()
})

const isDeep = process.env["HOLDFAST_DEEP"] !== undefined
const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31))

test("the model says who has which slot as a cluster does", async () => {
  expect(await pair.command(0, "CLUSTER", "SLOTS")).toBeUndefined()
})

test("while a slot moves, every server of the model answers as the real one does: MOVED, ASK, TRYAGAIN, CROSSSLOT", async () => {
  const draws = new Draws(seed)
  const story: string[] = [`SEED=${seed}`]
  for (let at = 0; at < (isDeep ? 15_000 : 2000); at++) {
    const step = anyClusterStep(draws, pair.players.length)
    story.push(JSON.stringify(step))
    const difference = await pair.play(step)
    expect(difference, [...story.slice(-60), difference].join("\n")).toBeUndefined()
  }
  console.log(`cluster model: ${JSON.stringify(Object.fromEntries(pair.errors))}`)
  expect([...pair.errors.keys()]).toEqual(
    expect.arrayContaining([
      "MOVED",
      "ASK",
      "TRYAGAIN",
      "CROSSSLOT",
      "ERR Script attempted to access a non local key in a cluster node",
    ]),
  )
  await pair.play({ is: "finish" })
  expect(await pair.command(1, "CLUSTER", "SLOTS")).toBeUndefined()
}, 900_000)

test("what one server is told to publish is heard at all of them", async () => {
  const { real, model } = pair.messages
  await until(() => real.length >= model.length, { timeoutMs: 5000 })
  expect(real.toSorted()).toEqual(model.toSorted())
  expect(model.length).toBeGreaterThan(0)
})

test("a cluster with a slot that nobody has is down, and says so of that slot in other words", async () => {
  const { cluster, model, players } = pair
  for (const node of cluster.nodes) await node.command("CLUSTER", "DELSLOTS", String(movingSlot))
  model.assign(undefined, movingSlot)
  const areDown = async (): Promise<boolean> => {
    const infos = await Promise.all(cluster.nodes.map((node) => node.command("CLUSTER", "INFO")))
    return infos.every((info) => String(info).includes("cluster_state:fail"))
  }
  expect(await until(areDown, { timeoutMs: 10_000 })).toBeDefined()
  for (const at of players.keys()) {
    for (const args of [
      ["GET", "{e}:v"],
      ["GET", "another"],
      ["PING"],
      ["EVAL", "return redis.call('GET', 'another')", "0"],
    ])
      expect(await pair.command(at, ...args)).toBeUndefined()
  }
})
