import { expect, test } from "vitest"
import { redisConnection } from "../connection/redis-connection.ts"
import type { Change } from "../contracts/coherence.ts"
import type { HoldfastEvent } from "../contracts/observer.ts"
import { refusal, ScriptedServer } from "../testing/scripted-server.ts"
import { seededRandom } from "../testing/seeded-random.ts"
import { virtualClock } from "../testing/virtual-clock.ts"
import { RedisCoherence } from "./redis-coherence.ts"

/** A process on a server that tells of what is written, its tests included, or does what a test wants. */
async function setup({ started = true, prepare = (_server: ScriptedServer): void => {} } = {}) {
  const clock = virtualClock()
  const server = new ScriptedServer(clock)
  const tests: string[] = []
  server.answer = ([name = "", key = "", , , , channel = "", nonce = ""]) => {
    if (name === "SET") {
      tests.push(key)
      server.touch(key)
    } else if (name.startsWith("EVAL")) {
      server.publish(channel, nonce)
      return Buffer.from("kept")
    }
    return Buffer.from("OK")
  }
  prepare(server)
  const connection = redisConnection({ client: server.client, clock, random: seededRandom(1) })
  const events: HoldfastEvent[] = []
  const report = (event: HoldfastEvent): void => void events.push(event)
  const coherence = new RedisCoherence({
    connection,
    namespace: "shop",
    clock,
    random: seededRandom(2),
    tracking: true,
    report,
  })
  const heard: Change[] = []
  coherence.onChange((change) => heard.push(change))
  if (started) {
    coherence.prove(500)
    await clock.advance(600)
  }
  const fence = (): number => coherence.witness({ slot: 0 })?.fence ?? -1
  return { clock, server, connection, coherence, tests, events, heard, fence }
}

const node = { host: "scripted", port: 6379 }
const on = { state: "on", why: undefined }

test("it is on once a test has been told of on the subscriber connection, and says so", async () => {
  const { coherence, tests, events, heard } = await setup()
  expect(tests).toEqual([expect.stringMatching(/^shop:\{server#\d+\}:probe:[0-9a-f]{32}$/)])
  expect(coherence.tracking()).toEqual(on)
  expect(events).toEqual([{ name: "tracking", node, ...on }])
  expect(heard).toEqual([])
})

test("without a near cache nothing is asked for", async () => {
  const { clock, server, coherence, tests } = await setup({ started: false })
  await clock.advance(60_000)
  expect(coherence.tracking()).toEqual({ state: "off", why: "no cache has a near cache" })
  expect(tests).toEqual([])
  server.touch("shop:{product:1}")
  expect(server.open.every(({ prefix }) => prefix === undefined)).toBe(true)
})

test("until a test has been told of, it is not on", async () => {
  const { clock, server, coherence } = await setup({ started: false })
  server.answer = () => Buffer.from("OK")
  coherence.prove(500)
  await clock.advance(600)
  expect(coherence.tracking()).toEqual({ state: "unavailable", why: "scripted:6379: it was not tested yet" })
})

test("a server that agrees and tells nothing makes it unavailable, and it is tried again", async () => {
  const { clock, server, coherence, tests, events } = await setup({
    prepare: (each) => (each.tracking = "deaf"),
  })
  await clock.advance(2500)
  const why = "a test was not told of"
  expect(coherence.tracking()).toEqual({ state: "unavailable", why: `scripted:6379: ${why}` })
  await clock.advance(20_000)
  expect(tests.length).toBeGreaterThan(3)
  expect(tests.length).toBeLessThan(7)
  expect(events).toEqual([{ name: "tracking", node, state: "unavailable", why }])
  server.tracking = Buffer.from("OK")
  server.open.find(({ purpose }) => purpose === "subscriber")?.closedByServer()
  await clock.advance(5000)
  expect(coherence.tracking()).toEqual(on)
  expect(events.at(-1)).toEqual({ name: "tracking", node, ...on })
})

test("a server that falls silent later is noticed within half a minute and a test, although beats go on", async () => {
  const { clock, server, coherence, events } = await setup()
  for (const link of server.open) link.prefix = undefined
  await clock.advance(28_000)
  expect(coherence.tracking()).toEqual(on)
  await clock.advance(5000)
  expect(coherence.tracking().state).toBe("unavailable")
  expect(events.map((event) => event.name === "tracking" && event.state)).toEqual(["on", "unavailable"])
  expect(clock.monotonic() - (coherence.witness({ slot: 0 })?.provedMs ?? 0)).toBeLessThan(600)
})

test("the news of another process's test, or of an earlier one's end, is no news of this one", async () => {
  const { clock, server, coherence, tests } = await setup({ prepare: (each) => (each.tracking = "deaf") })
  for (const link of server.open) link.prefix = "shop:{"
  await clock.advance(2500)
  server.touch(...tests, "shop:{server#0}:probe:another")
  expect(coherence.tracking().state).toBe("unavailable")
})

test.each([
  ["a refusal", (server: ScriptedServer) => (server.tracking = refusal("NOPERM")), "the server answers NOPERM"],
  ["a client", (server: ScriptedServer) => (server.handsOnTracked = false), "the client does not hand on"],
])("%s that makes it impossible is the reason, told once, and all else works", async (_name, prepare, why) => {
  const { clock, server, coherence, tests, events, fence } = await setup({ prepare })
  await clock.advance(20_000)
  server.reset()
  await clock.advance(20_000)
  expect(coherence.tracking()).toEqual({ state: "unavailable", why: expect.stringContaining(why) })
  expect(events.length).toBe(1)
  expect(tests).toEqual([])
  expect(fence()).toBe(0)
})

test("a test that the server refuses says why", async () => {
  const prepare = (server: ScriptedServer): void => {
    const { answer } = server
    server.answer = (args, link) => (args[0] === "SET" ? refusal("OOM", "SET") : answer(args, link))
  }
  const { coherence } = await setup({ prepare })
  expect(coherence.tracking().why).toBe("scripted:6379: a test was not carried out: OOM")
})

test("each subscriber connection is tested, and until then it is not on", async () => {
  const { clock, server, coherence, tests } = await setup()
  server.open.find(({ purpose }) => purpose === "subscriber")?.closedByServer()
  await clock.settle()
  expect(coherence.tracking()).toEqual({
    state: "unavailable",
    why: "scripted:6379: there is no subscriber connection",
  })
  await clock.advance(3000)
  expect(coherence.tracking()).toEqual(on)
  expect(tests.length).toBe(2)
})

test("what somebody writes is told to who keeps copies, tested or not", async () => {
  const { server, heard } = await setup()
  server.touch("shop:{product:1}", "shop:{tag#é}")
  expect(heard).toEqual([
    { is: "touched", key: "shop:{product:1}" },
    { is: "touched", key: "shop:{tag#é}" },
  ])
})

test("a flush fences at once, and the next beat proves anew", async () => {
  const { clock, server, coherence, fence } = await setup()
  const before = fence()
  server.touch(undefined)
  expect(coherence.witness({ slot: 0 })).toMatchObject({ fence: before + 1, provedMs: -Infinity })
  expect(coherence.states()[0]?.why).toBe("the server was flushed")
  await clock.advance(600)
  expect(coherence.witness({ slot: 0 })?.provedMs).toBeGreaterThan(0)
})

test("once closed it keeps no timer and is not on", async () => {
  const { clock, server, coherence, connection } = await setup()
  for (const link of server.open) link.prefix = undefined
  await clock.advance(30_300)
  coherence.close()
  await connection.close({ timeoutMs: 0 })
  expect(clock.pending).toBe(0)
})
