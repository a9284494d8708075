import { expect, test } from "vitest"
import { refusal, ScriptedServer } from "../testing/scripted-server.ts"
import { seededRandom } from "../testing/seeded-random.ts"
import { virtualClock } from "../testing/virtual-clock.ts"
import { clusterScene } from "./cluster/cluster.fixture.ts"
import { redisConnection } from "./redis-connection.ts"

async function setup(prepare: (server: ScriptedServer) => void = () => {}) {
  const clock = virtualClock()
  const server = new ScriptedServer(clock)
  prepare(server)
  const connection = redisConnection({ client: server.client, clock, random: seededRandom(1) })
  const heard: string[] = []
  const track = () => connection.track("shop:{", (keys, { node }) => heard.push(`${keys?.join(" ")} from ${node.host}`))
  const subscribe = () => connection.subscribe("a", (message) => heard.push(message.toString()))
  return { clock, server, connection, heard, track, subscribe, untracked: () => connection.subscriber(0)?.whyUntracked }
}

test("keys of the prefix that are written to are heard besides the channels, and so is a flush", async () => {
  const { clock, server, heard, track, subscribe, untracked } = await setup()
  track()
  subscribe()
  await clock.advance(20)
  expect(untracked()).toBeUndefined()
  expect(server.open.length).toBe(2)
  server.touch("shop:{product:1}", "other:{product:1}", "shop:{product:2}")
  server.touch(undefined)
  server.publish("a", "1")
  expect(heard).toEqual(["shop:{product:1} shop:{product:2} from scripted", "undefined from scripted", "1"])
})

test("who does not ask is not told", async () => {
  const { clock, server, heard, subscribe, untracked } = await setup()
  subscribe()
  await clock.advance(20)
  server.touch("shop:{product:1}")
  expect(heard).toEqual([])
  expect(untracked()).toBe("nobody has asked for it")
})

test.each([0, 2, 50])("asked for %i ms after the first channel it is heard on another socket", async (ms) => {
  const { clock, server, heard, track, subscribe, untracked } = await setup()
  await clock.advance(10)
  subscribe()
  await clock.advance(ms)
  track()
  await clock.advance(1000)
  expect(untracked()).toBeUndefined()
  server.touch("shop:{product:1}")
  server.publish("a", "1")
  expect(heard).toEqual(["shop:{product:1} from scripted", "1"])
})

test("after a loss it is asked for again, and what comes late from the old socket is not heard", async () => {
  const { clock, server, heard, track, subscribe, untracked } = await setup()
  track()
  subscribe()
  await clock.advance(20)
  const old = server.open.find(({ purpose }) => purpose === "subscriber")
  server.reset()
  await clock.advance(3000)
  expect(untracked()).toBeUndefined()
  old?.touched(["shop:{product:1}"])
  server.touch("shop:{product:2}")
  expect(heard).toEqual(["shop:{product:2} from scripted"])
})

test.each([
  ["a server that refuses", (server: ScriptedServer) => (server.tracking = refusal("NOPERM")), "NOPERM"],
  [
    "a client that hands nothing on",
    (server: ScriptedServer) => (server.handsOnTracked = false),
    "the client does not",
  ],
])("%s keeps no channel from being heard", async (_name, prepare, why) => {
  const { clock, server, heard, track, subscribe, untracked } = await setup(prepare)
  track()
  subscribe()
  await clock.advance(60_000)
  expect(untracked()).toContain(why)
  expect(server.attempts).toBe(2)
  server.touch("shop:{product:1}")
  server.publish("a", "1")
  expect(heard).toEqual(["1"])
})

test("a channel that is refused ends what was agreed, and the other channels are heard", async () => {
  const { clock, server, heard, track, subscribe, untracked } = await setup((each) => {
    each.answer = ([name, channel]) =>
      name === "SUBSCRIBE" && channel !== "a" ? refusal("NOPERM", "SUBSCRIBE") : Buffer.from("OK")
  })
  track()
  subscribe()
  await clock.advance(100)
  expect(untracked()).toBe("the server answers NOPERM")
  expect(server.open.map(({ prefix }) => prefix)).toEqual([undefined, undefined])
  server.publish("a", "1")
  expect(heard).toEqual(["1"])
})

test("a proxy that says nothing, or closes the connection, is not asked again by the next one", async () => {
  const { clock, server, heard, track, subscribe, untracked } = await setup((each) => (each.tracking = "never"))
  track()
  subscribe()
  await clock.advance(10_000)
  expect(untracked()).toBe("a connection ended while it was asked for")
  server.publish("a", "1")
  expect(heard).toEqual(["1"])
  server.tracking = Buffer.from("OK")
  server.reset()
  await clock.advance(3000)
  expect(untracked()).toBeUndefined()
})

test("a listener that throws does no harm", async () => {
  const { clock, server, connection, heard, subscribe } = await setup()
  connection.track("shop:{", () => {
    throw new Error("mine")
  })
  subscribe()
  await clock.advance(20)
  server.touch("shop:{product:1}")
  server.publish("a", "1")
  expect(heard).toEqual(["1"])
})

test("in a cluster each primary tells, one that becomes one later as well", async () => {
  const { clock, cluster, connection } = clusterScene({}, undefined, { servers: 4, owning: 3 })
  const heard: string[] = []
  connection.track("shop:{", (keys, { node }) => heard.push(`${keys?.join(" ")} from ${node.port}`))
  connection.subscribe("a", () => {})
  await clock.advance(100)
  cluster.assign(3, 0)
  await clock.advance(60_000)
  for (const server of cluster.servers) server.touch("shop:{product:1}")
  expect(heard).toEqual([7000, 7001, 7002, 7003].map((port) => `shop:{product:1} from ${port}`))
})
