import { expect, test } from "vitest"
import { refusal, ScriptedServer } from "../testing/scripted-server.ts"
import { seededRandom } from "../testing/seeded-random.ts"
import { virtualClock } from "../testing/virtual-clock.ts"
import { redisConnection } from "./redis-connection.ts"

async function setup() {
  const clock = virtualClock()
  const server = new ScriptedServer(clock)
  const connection = redisConnection({ client: server.client, clock, random: seededRandom(1) })
  await clock.advance(10)
  const heard: string[] = []
  const subscribe = (channel: string) =>
    connection.subscribe(channel, (message) => heard.push(`${channel}:${message.toString()}`))
  const subscribed = () => connection.nodes()[0]?.subscribed
  const subscribers = () => server.open.filter(({ purpose }) => purpose === "subscriber")
  return { clock, server, connection, heard, subscribe, subscribed, subscribers }
}

test("the subscriber socket opens with the first subscription, and is one for all channels", async () => {
  const { clock, server, heard, subscribe, subscribed, subscribers } = await setup()
  expect(server.open.length).toBe(1)
  subscribe("a")
  subscribe("b")
  expect(subscribed()).toBe(false)
  await clock.advance(10)
  subscribe("c")
  expect(subscribed()).toBe(false)
  await clock.advance(10)
  expect(subscribed()).toBe(true)
  expect(subscribers().length).toBe(1)
  for (const channel of ["a", "b", "c"]) server.publish(channel, "1")
  expect(heard).toEqual(["a:1", "b:1", "c:1"])
})

test("it is on its way until it is heard or an attempt has failed, and a channel that is added later is, too", async () => {
  const { clock, server, connection, subscribe } = await setup()
  const status = () => connection.nodes()[0]
  expect(status(), "nobody has asked for it").toMatchObject({ subscribed: false, isSubscribing: false })
  server.latencyMs = 10
  subscribe("a")
  expect(status()).toMatchObject({ subscribed: false, isSubscribing: true })
  await clock.advance(100)
  expect(status()).toMatchObject({ subscribed: true, isSubscribing: false })
  subscribe("b")
  expect(status()).toMatchObject({ subscribed: false, isSubscribing: true })
  await clock.advance(20)
  server.reset()
  await clock.advance(0)
  expect(status(), "lost").toMatchObject({ subscribed: false, isSubscribing: false })
})

test("after an attempt that has failed it is not on its way but down", async () => {
  const { clock, server, connection, subscribe } = await setup()
  server.answer = ([name]) => (name === "SUBSCRIBE" ? refusal("NOPERM") : Buffer.from("OK"))
  subscribe("a")
  await clock.advance(10)
  expect(connection.nodes()[0]).toMatchObject({ subscribed: false, isSubscribing: false })
})

test("why it is not subscribed is told until it is, for a channel that is added later as well", async () => {
  const { clock, server, connection, subscribe } = await setup()
  const refuses = (refused: string) => {
    server.answer = ([name, channel]) =>
      name === "SUBSCRIBE" && String(channel) === refused ? refusal("NOPERM") : Buffer.from("OK")
  }
  const failure = () => connection.nodes()[0]?.subscriberFailure
  refuses("a")
  subscribe("a")
  await clock.advance(10)
  expect(failure()).toContain("(NOPERM)")
  refuses("b")
  await clock.advance(60_000)
  expect(connection.nodes()[0]).toMatchObject({ subscribed: true, subscriberFailure: undefined })
  subscribe("b")
  await clock.advance(10)
  expect(failure()).toContain("(NOPERM)")
})

test("a channel that is subscribed to while the socket is being prepared is heard", async () => {
  const { clock, server, heard, subscribe, subscribed } = await setup()
  server.latencyMs = 10
  subscribe("early")
  await clock.advance(25)
  subscribe("meanwhile")
  await clock.advance(100)
  expect(subscribed()).toBe(true)
  server.publish("meanwhile", "1")
  expect(heard).toEqual(["meanwhile:1"])
})

test("after a loss all channels are heard again, those of ended subscriptions by nobody", async () => {
  const { clock, server, heard, subscribe, subscribed } = await setup()
  subscribe("a")
  const end = subscribe("b")
  subscribe("b")
  await clock.advance(10)
  expect(server.received.map(([, channel]) => channel)).toEqual(["a", "b"])
  subscribe("a")()
  await clock.advance(10)
  expect(server.received.length).toBe(2)
  end()
  server.reset()
  await clock.advance(0)
  expect(subscribed()).toBe(false)
  await clock.advance(3000)
  expect(subscribed()).toBe(true)
  server.publish("a", "1")
  server.publish("b", "2")
  expect(heard).toEqual(["a:1", "b:2"])
})

test("a listener that throws keeps no other from hearing", async () => {
  const { clock, server, connection, heard, subscribe, subscribed } = await setup()
  connection.subscribe("a", () => {
    throw new Error("mine")
  })
  subscribe("a")
  await clock.advance(10)
  server.publish("a", "1")
  server.publish("a", "2")
  expect(heard).toEqual(["a:1", "a:2"])
  expect(subscribed()).toBe(true)
})

test("a silent subscriber socket is found and replaced within a beat and three deadlines, without any traffic", async () => {
  const { clock, server, subscribe, subscribed, subscribers } = await setup()
  subscribe("a")
  await clock.advance(100)
  const [before] = subscribers()
  server.freeze()
  await clock.advance(5000 + 3 * 250 + 100)
  expect(subscribed()).toBe(false)
  server.thaw()
  await clock.advance(5000)
  expect(subscribed()).toBe(true)
  expect(subscribers()[0]).not.toBe(before)
})

test("a subscriber that listens to another run than the data socket is opened anew", async () => {
  const { clock, server, subscribe, subscribers } = await setup()
  server.runId = "run-2"
  subscribe("a")
  await clock.advance(100)
  const [astray] = subscribers()
  server.runId = "run-1"
  await clock.advance(6000)
  expect(subscribers().length).toBe(1)
  expect(subscribers()[0]).not.toBe(astray)
})

test("a forbidden channel causes no storm of attempts", async () => {
  const { clock, server, subscribe, subscribed } = await setup()
  server.answer = ([name]) => (name === "SUBSCRIBE" ? refusal("NOPERM") : Buffer.from("OK"))
  subscribe("a")
  await clock.advance(600_000)
  expect(server.attempts).toBeLessThan(80)
  expect(subscribed()).toBe(false)
})
