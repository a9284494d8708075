import { expect, test } from "vitest"
import { overriding, testBed } from "../cache/cache.fixture.ts"
import { redisConnection } from "../connection/redis-connection.ts"
import { ScriptedCluster } from "../testing/scripted-cluster.ts"
import { seededRandom } from "../testing/seeded-random.ts"
import { virtualClock } from "../testing/virtual-clock.ts"
import { nearTier } from "./near-tier.ts"
import { RedisCoherence } from "./redis-coherence.ts"

/** A process with a near cache on a cluster of one server, whose messages a test can hold back. */
async function setup() {
  const clock = virtualClock()
  const cluster = new ScriptedCluster(clock, 1, 1)
  const world = { slots: "0-16383", hasBeat: false, publishes: true }
  const [server] = cluster.servers
  if (server === undefined) throw new Error("There is one.")
  const { answer } = server
  server.answer = (args, link) => {
    const [name = "", about, , , , channel = "", nonce = ""] = args
    if (about === "NODES") return Buffer.from(`e7d1 h:1@2 myself,master - 0 0 1 connected ${world.slots}\n`)
    if (!name.startsWith("EVAL")) return answer(args, link)
    if (world.publishes) server.publish(channel, nonce)
    const reply = world.hasBeat ? "kept" : "made"
    world.hasBeat = true
    return Buffer.from(reply)
  }
  const connection = redisConnection({ client: cluster.client, clock, random: seededRandom(1) })
  const coherence = new RedisCoherence({ connection, namespace: "test", clock, random: seededRandom(2) })
  const { holdfast } = testBed((store) => overriding(store, { coherence }), { nearTier, clock })
  const cache = holdfast.cache({ name: "product", ttl: "60s", load: async (id: string) => id })
  await clock.advance(5000)
  expect(cache.stats().near).toMatchObject({ proved: true, why: undefined })
  return { clock, world, holdfast, cache }
}

type Scene = Awaited<ReturnType<typeof setup>>

test.each<[string, (scene: Scene) => void]>([
  ["the server has lost data", ({ world }) => void (world.hasBeat = false)],
  ["slots were moved", ({ world }) => void (world.slots = "0-16382")],
  ["the clock jumped, as after a sleep", ({ clock }) => clock.jumpWall(60_000)],
])("stats and health say that %s, until the server is proved again", async (reason, happens) => {
  const scene = await setup()
  const { clock, world, holdfast, cache } = scene
  world.publishes = false
  happens(scene)
  await clock.advance(600)
  const why = expect.stringMatching(new RegExp(`^\\S+:\\d+: ${reason}$`))
  expect(cache.stats().near).toMatchObject({ proved: false, provedAgoMs: undefined, why, isStarting: false })
  expect(await holdfast.health()).toMatchObject({ status: "degraded", ok: true, nearCaches: [why] })
  world.publishes = true
  await clock.advance(600)
  expect(cache.stats().near).toMatchObject({ proved: true, why: undefined })
  expect((await holdfast.health()).nearCaches).toEqual([])
})
