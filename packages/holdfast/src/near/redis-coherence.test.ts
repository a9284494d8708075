import { expect, test } from "vitest"
import { redisConnection } from "../connection/redis-connection.ts"
import type { Change } from "../contracts/coherence.ts"
import type { HoldfastError } from "../errors/holdfast-error.ts"
import { refusal, ScriptedServer } from "../testing/scripted-server.ts"
import { seededRandom } from "../testing/seeded-random.ts"
import { virtualClock } from "../testing/virtual-clock.ts"
import { RedisCoherence } from "./redis-coherence.ts"

/** A process on a server that answers beats, or does with them what a test wants. */
async function setup({ started = true } = {}) {
  const clock = virtualClock()
  const server = new ScriptedServer(clock)
  const world = {
    answer: "made" as "made" | "kept" | HoldfastError,
    publishes: true,
    sent: 0,
    publish: (): void => {},
  }
  server.answer = ([name, , , , , channel = "", nonce = ""]) => {
    if (name !== "EVALSHA" && name !== "EVAL") return Buffer.from("OK")
    world.sent += 1
    world.publish = () => server.publish(channel, nonce)
    if (world.publishes) world.publish()
    const { answer } = world
    if (answer === "made") world.answer = "kept"
    return typeof answer === "string" ? Buffer.from(answer) : answer
  }
  const connection = redisConnection({ client: server.client, clock, random: seededRandom(1) })
  const coherence = new RedisCoherence({ connection, namespace: "shop", clock, random: seededRandom(2) })
  await clock.advance(20)
  if (started) {
    coherence.prove(500)
    await clock.advance(520)
  }
  const agoMs = (): number => clock.monotonic() - (coherence.witness({ slot: 0 })?.provedMs ?? -Infinity)
  return { clock, server, world, connection, coherence, agoMs }
}

test("without a near cache no beat is sent", async () => {
  const { clock, coherence, world } = await setup({ started: false })
  await clock.advance(60_000)
  expect(world.sent).toBe(0)
  expect(coherence.witness({ slot: 0 })).toBeUndefined()
})

test("a server is proved as soon as it is heard", async () => {
  const { clock, coherence, agoMs } = await setup({ started: false })
  coherence.prove(5000)
  await clock.advance(70)
  expect(agoMs()).toBeLessThan(70)
})

test("a beat that has come back proves the time at which it was sent, again and again", async () => {
  const { clock, coherence, world, agoMs } = await setup()
  const { sent } = world
  for (let beat = 0; beat < 20; beat += 1) {
    await clock.advance(500)
    expect(agoMs()).toBeLessThanOrEqual(520)
  }
  expect(world.sent - sent).toBe(20)
  expect(coherence.states()).toEqual([
    { node: "scripted:6379", provedAgoMs: agoMs(), why: undefined, isStarting: false },
  ])
  coherence.prove(1000)
  coherence.prove(100)
  await clock.advance(1000)
  expect(world.sent - sent).toBeGreaterThanOrEqual(29)
})

test("however rarely proofs are asked for, a beat comes while what the one before it has left is there", async () => {
  const { clock, coherence, server } = await setup({ started: false })
  const keptUntilMs: number[] = []
  const { answer } = server
  server.answer = (args, ...rest) => {
    if (args[0] === "EVALSHA" || args[0] === "EVAL") {
      const nowMs = clock.monotonic()
      expect(nowMs).toBeLessThan(keptUntilMs.at(-1) ?? Infinity)
      keptUntilMs.push(nowMs + Number(args[4]))
    }
    return answer(args, ...rest)
  }
  coherence.prove(10 * 60_000)
  await clock.advance(60 * 60_000)
  expect(keptUntilMs.length).toBeGreaterThan(1)
})

test("a beat whose message does not come proves nothing", async () => {
  const { clock, world, agoMs } = await setup()
  world.publishes = false
  await clock.advance(5000)
  expect(agoMs()).toBeGreaterThanOrEqual(5000)
})

test("a message that comes late proves no more than the time at which its beat was sent", async () => {
  const { clock, world, agoMs } = await setup()
  await clock.advance(400)
  world.publishes = false
  await clock.advance(200)
  const late = world.publish
  await clock.advance(2200)
  late()
  expect(agoMs()).toBeGreaterThanOrEqual(2200)
  expect(agoMs()).toBeLessThan(2700)
})

test("a message whose beat was refused proves nothing, and the state says why", async () => {
  const { clock, coherence, world, agoMs } = await setup()
  world.answer = refusal("NOREPLICAS", "beat")
  await clock.advance(5000)
  expect(agoMs()).toBeGreaterThanOrEqual(5000)
  expect(coherence.states()[0]?.why).toBe("the server refused a beat: NOREPLICAS")
})

test("a server that refuses beats from the beginning, or after a fence, says why", async () => {
  const { clock, coherence, world } = await setup({ started: false })
  world.answer = refusal("NOPERM", "beat")
  coherence.prove(500)
  await clock.advance(520)
  expect(coherence.states()[0]?.why).toBe("the server refused a beat: NOPERM")
  world.answer = "made"
  await clock.advance(500)
  expect(coherence.states()[0]?.why).toBeUndefined()
  clock.jumpWall(60_000)
  world.answer = refusal("NOREPLICAS", "beat")
  await clock.advance(1000)
  expect(coherence.states()[0]?.why).toBe("the server refused a beat: NOREPLICAS")
})

test("what has only just begun is told apart from what does not work, for two seconds", async () => {
  const { clock, coherence, world } = await setup({ started: false })
  const isStarting = (): boolean | undefined => coherence.states()[0]?.isStarting
  expect(isStarting(), "nobody has asked for proofs").toBe(false)
  world.publishes = false
  coherence.prove(8000)
  expect(isStarting()).toBe(true)
  await clock.advance(200)
  expect(coherence.states()[0]).toMatchObject({ why: "no beat has come back yet", isStarting: true })
  await clock.advance(1800)
  expect(isStarting()).toBe(false)
})

test("once a proof has come, a later one that does not come is no beginning", async () => {
  const { clock, coherence, world } = await setup({ started: false })
  coherence.prove(100)
  await clock.advance(200)
  world.publishes = false
  await clock.advance(600)
  expect(coherence.states()[0]).toMatchObject({ why: undefined, isStarting: false })
  coherence.prove(50)
  expect(coherence.states()[0]?.isStarting, "the first proof at this pace").toBe(true)
})

test("a refused beat, and a subscriber connection that could not be opened or was lost, are no beginning", async () => {
  const refused = await setup({ started: false })
  refused.world.answer = refusal("NOPERM", "beat")
  refused.coherence.prove(500)
  await refused.clock.advance(70)
  expect(refused.coherence.states()[0]).toMatchObject({ why: expect.stringContaining("NOPERM"), isStarting: false })
  const lost = await setup({ started: false })
  lost.coherence.prove(500)
  await lost.clock.advance(70)
  lost.server.open.find(({ purpose }) => purpose === "subscriber")?.closedByServer()
  await lost.clock.advance(0)
  expect(lost.coherence.states()[0]).toMatchObject({ provedAgoMs: undefined, isStarting: false })
})

test("a server that has lost its data is fenced before it is proved again", async () => {
  const { clock, coherence, world, agoMs } = await setup()
  const before = coherence.witness({ slot: 0 })?.fence
  world.answer = "made"
  await clock.advance(500)
  expect(coherence.witness({ slot: 0 })?.fence).toBe((before ?? 0) + 1)
  expect(agoMs()).toBeLessThan(600)
})

test("with its subscriber socket a witness is fenced at once and for ever, and the next socket has another", async () => {
  const { clock, server, coherence, agoMs } = await setup()
  const first = coherence.witness({ slot: 0 })
  const subscriber = server.open.find(({ purpose }) => purpose === "subscriber")
  subscriber?.closedByServer()
  await clock.advance(0)
  expect(first?.provedMs).toBe(-Infinity)
  expect(coherence.witness({ slot: 0 })).toBeUndefined()
  expect(coherence.states()[0]).toMatchObject({ provedAgoMs: undefined, why: "there is no subscriber connection" })
  await clock.advance(5000)
  expect(agoMs()).toBeLessThan(600)
  expect(coherence.witness({ slot: 0 })).not.toBe(first)
  expect(first?.provedMs).toBe(-Infinity)
})

test("a clock that has jumped by more than a beat fences, and beats from before it prove nothing", async () => {
  const { clock, coherence, world } = await setup()
  const { fence } = coherence.witness({ slot: 0 }) ?? {}
  world.publishes = false
  await clock.advance(500)
  const late = world.publish
  clock.jumpWall(60_000)
  await clock.advance(500)
  expect(coherence.witness({ slot: 0 })).toMatchObject({ fence: (fence ?? 0) + 1, provedMs: -Infinity })
  late()
  expect(coherence.witness({ slot: 0 })?.provedMs).toBe(-Infinity)
  world.publishes = true
  await clock.advance(1000)
  expect(coherence.witness({ slot: 0 })?.provedMs).toBeGreaterThan(0)
})

type Scene = Awaited<ReturnType<typeof setup>>

test.each<[string, (scene: Scene) => void]>([
  ["a server has lost its data", ({ world }) => void (world.answer = "made")],
  ["the clock has jumped", ({ clock }) => clock.jumpWall(60_000)],
  ["it is closed", ({ coherence }) => coherence.close()],
])("there is a doubt when %s, and none for a beat that comes back", async (_what, happens) => {
  const scene = await setup()
  const { clock, coherence } = scene
  await clock.advance(5000)
  expect(coherence.doubts.count).toBe(0)
  happens(scene)
  await clock.advance(1000)
  expect(coherence.doubts.count).toBe(1)
})

test("there is a doubt as soon as a subscriber socket is lost", async () => {
  const { clock, server, coherence } = await setup()
  server.open.find(({ purpose }) => purpose === "subscriber")?.closedByServer()
  await clock.advance(0)
  expect(coherence.doubts.count).toBe(1)
})

test("changes are told to all who listen, and wake-ups are not", async () => {
  const { server, coherence } = await setup()
  const heard: Change[] = []
  const end = coherence.onChange((change) => heard.push(change))
  server.publish("shop:wake", "ishop:{product:1}")
  server.publish("shop:wake", "fshop:{product:1}")
  expect(heard).toEqual([{ is: "key", key: "shop:{product:1}" }])
  end()
  server.publish("shop:wake", "ishop:{product:1}")
  expect(heard.length).toBe(1)
})

test("once closed it proves nothing, sends nothing and keeps no timer", async () => {
  const { clock, coherence, world, connection } = await setup()
  const witness = coherence.witness({ slot: 0 })
  coherence.close()
  const { sent } = world
  coherence.prove(10)
  await clock.advance(5000)
  expect(world.sent).toBe(sent)
  expect(witness?.provedMs).toBe(-Infinity)
  await connection.close({ timeoutMs: 0 })
  expect(clock.pending).toBe(0)
})
