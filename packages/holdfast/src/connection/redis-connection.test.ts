import * as fc from "fast-check"
import { expect, test } from "vitest"
import type { HoldfastEvent } from "../contracts/observer.ts"
import type { RedisReply } from "../contracts/redis-client.ts"
import type { Generation } from "../contracts/redis-connection.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { refusal, ScriptedServer } from "../testing/scripted-server.ts"
import { seededRandom } from "../testing/seeded-random.ts"
import { virtualClock } from "../testing/virtual-clock.ts"
import { redisConnection, type RedisConnectionOptions } from "./redis-connection.ts"

function setup(options: Partial<RedisConnectionOptions> = {}, prepare?: (server: ScriptedServer) => void, seed = 1) {
  const clock = virtualClock()
  const server = new ScriptedServer(clock)
  prepare?.(server)
  const events: HoldfastEvent[] = []
  const connection = redisConnection({
    client: server.client,
    clock,
    random: seededRandom(seed),
    report: (event) => events.push(event),
    ...options,
  })
  const get = () => outcome(connection.command(0, ["GET", "k"]))
  const status = () => connection.nodes()[0]!
  return { clock, server, connection, events, get, status }
}

/** The reply as text, or the code of the error. */
function outcome(promise: Promise<RedisReply>): Promise<string> {
  return promise.then(String, (error: HoldfastError) => error.code)
}

const script = { name: "fill", sha1: "f".repeat(40), lua: "return 2" }

test("a command bound to a generation is sent on its socket or not at all, even if the new socket leads to the same run", async () => {
  const { clock, server, connection } = setup()
  await clock.advance(10)
  const generation = connection.generation(0)!
  const bound = () => outcome(connection.command(0, ["SET", "k", "v"], { generation }))
  expect(await clock.runUntil(bound())).toBe("OK")
  server.reset()
  await clock.settle()
  expect(await clock.runUntil(bound())).toBe("GENERATION_CHANGED")
  await clock.advance(3000)
  expect(connection.generation(0)?.runId).toBe(generation.runId)
  expect(connection.generation(0)).not.toBe(generation)
  expect(await clock.runUntil(bound())).toBe("GENERATION_CHANGED")
  expect(server.received.length).toBe(1)
})

test("a lost connection rejects what was in flight as of unknown outcome and sends nothing again", async () => {
  const { clock, server, get } = setup()
  await clock.advance(10)
  server.latencyMs = 20
  const answer = get()
  await clock.advance(5)
  server.reset()
  expect(await clock.runUntil(answer)).toBe("CONNECTION_CLOSED")
  await clock.advance(3000)
  expect(server.received).toEqual([])
})

test("a script goes by its digest, and by its text once the server does not know it, on the same socket", async () => {
  const { clock, server, connection } = setup()
  await clock.advance(10)
  const run = () => outcome(connection.script(0, script, ["k"], ["v"]))
  server.answer = (args) => (args[0] === "EVALSHA" ? refusal("NOSCRIPT") : 7)
  expect(await clock.runUntil(run())).toBe("7")
  const tail = ["1", "k", "v"]
  expect(server.received).toEqual([
    ["EVALSHA", script.sha1, ...tail],
    ["EVAL", script.lua, ...tail],
  ])
  const late = run()
  server.answer = () => {
    server.reset()
    return refusal("NOSCRIPT")
  }
  expect(await clock.runUntil(late)).toBe("GENERATION_CHANGED")
  server.answer = () => refusal("OOM")
  await clock.advance(3000)
  server.received.length = 0
  expect(await clock.runUntil(run())).toBe("SERVER_REFUSED")
  expect(server.received.length).toBe(1)
})

test("both halves of a script share one deadline", async () => {
  const { clock, server, connection } = setup()
  await clock.advance(10)
  server.latencyMs = 200
  server.answer = () => refusal("NOSCRIPT")
  const startMs = clock.monotonic()
  expect(await clock.runUntil(outcome(connection.script(0, script, ["k"], [])))).toBe("COMMAND_TIMEOUT")
  expect(clock.monotonic() - startMs).toBe(250)
})

test("a distrusted connection is dropped, and a fresh command never uses one that was open before", async () => {
  const { clock, server, connection, events } = setup()
  await clock.advance(10)
  const [first] = server.open
  expect(await clock.runUntil(outcome(connection.command(0, ["GET", "k"], { fresh: true })))).toBe("OK")
  expect(server.attempts).toBe(2)
  await clock.advance(10)
  expect(server.open).toEqual([first])
  const generation = connection.generation(0)
  connection.distrust(0, "foreign digest", generation)
  expect(server.open).toEqual([])
  expect(events.at(-1)).toMatchObject({ name: "connection", state: "connecting", why: "foreign digest" })
  await clock.advance(3000)
  expect(server.open.length).toBe(1)
  const [second] = server.open
  for (const gone of [generation, undefined]) connection.distrust(0, "doubts about the one before", gone)
  expect(server.open).toEqual([second])
  server.accepts = "hang"
  expect(await clock.runUntil(outcome(connection.command(0, ["GET", "k"], { fresh: true })))).toBe("COMMAND_TIMEOUT")
})

test.each([
  ["another run", (server: ScriptedServer) => (server.runId = "another")],
  ["another history", (server: ScriptedServer) => (server.replId = "another")],
  ["a replica", (server: ScriptedServer) => (server.role = "slave")],
])("a fresh command is sent to the very server of the usual connection, not to %s", async (_what, replace) => {
  const { clock, server, connection } = setup()
  await clock.advance(10)
  replace(server)
  server.received.length = 0
  const fresh = outcome(connection.command(0, ["GET", "k"], { fresh: true }))
  expect(await clock.runUntil(fresh)).toBe("GENERATION_CHANGED")
  expect(server.received).toEqual([])
})

test("at most four sockets of one command each are open, those included whose callers gave up", async () => {
  const { clock, server, connection } = setup()
  await clock.advance(10)
  const fresh = () => outcome(connection.command(0, ["GET", "k"], { fresh: true }))
  const first = await clock.runUntil(Promise.all(Array.from({ length: 50 }, fresh)))
  expect(first.filter((each) => each === "OK").length).toBe(4)
  expect(first.filter((each) => each === "STORE_OVERLOADED").length).toBe(46)
  expect(server.attempts).toBe(5)
  server.accepts = "hang"
  const hanging = await clock.runUntil(Promise.all(Array.from({ length: 4 }, fresh)))
  expect(new Set(hanging)).toEqual(new Set(["COMMAND_TIMEOUT"]))
  expect(await fresh()).toBe("STORE_OVERLOADED")
  server.accepts = "yes"
  await clock.advance(2000)
  expect(await clock.runUntil(fresh())).toBe("OK")
  expect(server.open.length).toBe(1)
})

test("whoever wants to know is told which generation a command goes out on, the first one included", async () => {
  const { clock, server, connection } = setup()
  const told: (Generation | undefined)[] = []
  const onSend = (generation: Generation): void => void told.push(generation)
  server.answer = (args) => (args[0] === "EVALSHA" ? refusal("NOSCRIPT") : 7)
  expect(await clock.runUntil(outcome(connection.script(0, script, ["k"], [], { onSend })))).toBe("7")
  expect(told).toEqual([connection.generation(0), connection.generation(0)])
  server.reset()
  await clock.advance(3000)
  expect(await clock.runUntil(outcome(connection.command(0, ["GET", "k"], { onSend })))).toBe("7")
  expect(told[2]).toBe(connection.generation(0))
  expect(told[2]).not.toBe(told[0])
})

test("server time is estimated from the server's clock and follows it", async () => {
  const { clock, server, connection } = setup({}, (it) => (it.skewMs = 90_000))
  await clock.advance(20)
  expect(Math.abs(connection.serverNow(0) - (clock.now() + 90_000))).toBeLessThan(2)
  clock.jumpWall(-500_000)
  server.skewMs += 500_000 + 3000
  await clock.advance(40_000)
  expect(Math.abs(connection.serverNow(0) - (clock.now() + server.skewMs))).toBeLessThan(2)
})

test("close waits for what is in flight, destroys everything, leaves no timer, and refuses what comes later", async () => {
  const { clock, server, connection, get, status } = setup()
  connection.subscribe("c", () => {})
  await clock.advance(10)
  server.latencyMs = 100
  const answer = get()
  const closing = connection.close({ timeoutMs: 1000 })
  expect(await get()).toBe("CLOSED")
  expect(await clock.runUntil(answer)).toBe("OK")
  await clock.runUntil(closing)
  await connection.close({ timeoutMs: 1000 })
  expect(server.open).toEqual([])
  expect(status().state).toBe("closed")
  await clock.advance(300)
  expect(clock.pending).toBe(0)
})

test("close does not wait for a frozen server longer than it may, nor for one that is being connected to", async () => {
  const frozen = setup({ commandTimeoutMs: 60_000 })
  await frozen.clock.advance(10)
  frozen.server.freeze()
  const answer = frozen.get()
  const startMs = frozen.clock.monotonic()
  await frozen.clock.runUntil(frozen.connection.close({ timeoutMs: 500 }))
  expect(frozen.clock.monotonic() - startMs).toBe(500)
  expect(await frozen.clock.runUntil(answer)).toBe("CONNECTION_CLOSED")

  const hanging = setup({}, (it) => (it.accepts = "hang"))
  const waiting = hanging.get()
  await hanging.connection.close({ timeoutMs: 500 })
  expect(await waiting).toBe("CLOSED")
  await hanging.clock.advance(300)
  expect(hanging.clock.pending).toBe(0)
})

test("whatever the server does, every command ends in time, nothing is unhandled, and in the end all is well", async () => {
  const fault = fc.constantFrom(
    "freeze",
    "thaw",
    "reset",
    "refuse",
    "hang",
    "slow",
    "fast",
    "loading",
    "demote",
    "stall" as const,
  )
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)
  process.on("unhandledRejection", note)
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.array(fc.tuple(fault, fc.nat(1500)), { maxLength: 25 }), async (seed, faults) => {
      const { clock, server, connection, get, status } = setup({}, undefined, seed)
      const heard: string[] = []
      connection.subscribe("c", (message) => heard.push(String(message)))
      for (const [each, waitMs] of faults) {
        inflict(server, each)
        if (each === "stall") clock.stall(waitMs)
        const answers = [get(), get(), outcome(connection.script(0, script, ["k"], []))]
        await clock.advance(waitMs)
        const late = Promise.all(answers)
        const startMs = clock.monotonic()
        await clock.runUntil(late)
        expect(clock.monotonic() - startMs).toBeLessThanOrEqual(500)
      }
      for (const each of ["thaw", "fast", "serve"] as const) inflict(server, each)
      await clock.advance(30_000)
      expect(await clock.runUntil(get())).toBe("OK")
      server.publish("c", "last")
      expect(heard).toContain("last")
      expect(status()).toMatchObject({ state: "ready", breaker: "closed", inFlight: 0, subscribed: true })
      await clock.runUntil(connection.close({ timeoutMs: 100 }))
      await clock.advance(5000)
      expect([clock.pending, server.open.length]).toEqual([0, 0])
    }),
    { numRuns: 60 },
  )
  process.off("unhandledRejection", note)
  expect(unhandled).toEqual([])
}, 30_000)

function inflict(server: ScriptedServer, fault: string): void {
  if (fault === "freeze") server.freeze()
  else if (fault === "thaw") server.thaw()
  else if (fault === "reset") server.reset()
  else if (fault === "refuse") server.accepts = new HoldfastError("STORE_UNAVAILABLE", "Refused.")
  else if (fault === "hang") server.accepts = "hang"
  else if (fault === "slow") server.latencyMs = 300
  else if (fault === "fast") server.latencyMs = 1
  else if (fault === "loading") {
    server.answer = () => refusal("LOADING")
    server.scripting = refusal("LOADING")
  } else if (fault === "demote") server.role = "slave"
  else if (fault === "serve")
    Object.assign(server, { accepts: "yes", role: "master", scripting: 1, answer: () => Buffer.from("OK") })
}

test("what the server refuses the user is kept for as long as the connection lives", async () => {
  const { clock, server, get, status } = setup()
  await clock.runUntil(get())
  server.answer = () => refusal("ERR", "EVALSHA", { permission: "+zadd" })
  expect(await clock.runUntil(get())).toBe("SERVER_REFUSED")
  expect(status().lacking).toEqual(["+zadd"])
  server.reset()
  await clock.advance(3000)
  expect(status().lacking).toEqual([])
})
