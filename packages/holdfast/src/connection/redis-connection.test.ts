import * as fc from "fast-check"
import { expect, test } from "vitest"
import type { HoldfastEvent } from "../contracts/observer.ts"
import type { RedisReply } from "../contracts/redis-client.ts"
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

const script = { name: "fill", sha1: "f".repeat(40), lua: "return 2", numberOfKeys: 1 }

test("what a program sends first waits for the first attempt to connect, within its own deadline", async () => {
  const { clock, server, get } = setup({}, (it) => (it.latencyMs = 50))
  expect(await clock.runUntil(get())).toBe("OK")
  expect(server.received).toEqual([["GET", "k"]])

  const hanging = setup({}, (it) => (it.accepts = "hang"))
  const startMs = hanging.clock.monotonic()
  expect(await hanging.clock.runUntil(hanging.get())).toBe("STORE_UNAVAILABLE")
  expect(hanging.clock.monotonic() - startMs).toBe(250)
})

test("without a connection every later command is refused at once, and nothing is sent when it comes back", async () => {
  const { clock, server, connection, get, status } = setup({}, (it) => (it.accepts = new HoldfastError("STORE_UNAVAILABLE", "Refused.")))
  expect(await clock.runUntil(get())).toBe("STORE_UNAVAILABLE")
  const startMs = clock.monotonic()
  expect(await Promise.all(Array.from({ length: 5 }, get))).toEqual(Array.from({ length: 5 }, () => "STORE_UNAVAILABLE"))
  expect(clock.monotonic()).toBe(startMs)
  expect(connection.generation(0)).toBeUndefined()
  expect(status()).toMatchObject({ state: "connecting", role: "unknown", lastError: "STORE_UNAVAILABLE" })
  server.accepts = "yes"
  await clock.advance(3000)
  expect(server.received).toEqual([])
  expect(status()).toMatchObject({ state: "ready", role: "primary", lastError: undefined })
  expect(await clock.runUntil(get())).toBe("OK")
})

test("a frozen server costs each command its deadline and no more, its socket is dropped, and after it goes on all is well", async () => {
  const { clock, server, connection, get, status } = setup()
  await clock.advance(10)
  const before = connection.generation(0)
  server.freeze()
  const startMs = clock.monotonic()
  expect(await clock.runUntil(get())).toBe("COMMAND_TIMEOUT")
  expect(clock.monotonic() - startMs).toBe(250)
  await clock.advance(3 * 250)
  expect(status().state).toBe("connecting")
  expect(connection.generation(0)).toBeUndefined()
  server.thaw()
  await clock.advance(3000)
  expect(await clock.runUntil(get())).toBe("OK")
  expect(connection.generation(0)).not.toBe(before)
  expect(server.open.length).toBe(1)
})

test("many deadlines missed at once are one silence: a short freeze costs no connection", async () => {
  const { clock, server, connection, status } = setup()
  await clock.advance(10)
  server.freeze()
  const answers = Array.from({ length: 64 }, () => outcome(connection.command(0, ["GET", "k"])))
  await clock.advance(300)
  expect(new Set(await Promise.all(answers))).toEqual(new Set(["COMMAND_TIMEOUT"]))
  server.thaw()
  await clock.advance(1000)
  expect(status()).toMatchObject({ state: "ready", inFlight: 0 })
  expect(server.attempts).toBe(1)
})

test("a server that answers, but too late, opens the breaker and keeps its connection", async () => {
  const { clock, server, events, get, status } = setup()
  await clock.advance(10)
  server.latencyMs = 400
  for (let command = 0; command < 5; command++) expect(await clock.runUntil(get())).toBe("COMMAND_TIMEOUT")
  expect(status().breaker).toBe("open")
  expect(await get()).toBe("STORE_UNAVAILABLE")
  server.latencyMs = 1
  await clock.advance(1000)
  const [probe, ...others] = [get(), get(), get()]
  expect(await Promise.all(others)).toEqual(["STORE_UNAVAILABLE", "STORE_UNAVAILABLE"])
  expect(await clock.runUntil(probe!)).toBe("OK")
  expect(await clock.runUntil(get())).toBe("OK")
  expect(events.filter(({ name }) => name === "breaker").map((event) => "state" in event && event.state)).toEqual([
    "open",
    "half-open",
    "closed",
  ])
  expect(server.attempts).toBe(1)
})

test("commands above the bound are refused at once, and given-up commands count until they are answered", async () => {
  const { clock, server, connection, get } = setup({ maxInFlight: 10 })
  await clock.advance(10)
  server.freeze()
  const answers = Array.from({ length: 12 }, () => outcome(connection.command(0, ["GET", "k"])))
  expect(await Promise.all(answers.slice(10))).toEqual(["STORE_OVERLOADED", "STORE_OVERLOADED"])
  await clock.advance(260)
  expect(await Promise.all(answers.slice(0, 10))).toEqual(Array.from({ length: 10 }, () => "COMMAND_TIMEOUT"))
  expect(await get()).toBe("STORE_OVERLOADED")
  server.thaw()
  await clock.advance(600)
  expect(await clock.runUntil(get())).toBe("OK")
})

test("a blocked event loop is not taken for a slow server", async () => {
  const { clock, connection, status } = setup()
  await clock.advance(10)
  const answers = Array.from({ length: 50 }, () => outcome(connection.command(0, ["GET", "k"])))
  clock.stall(5000)
  await clock.advance(10)
  expect(new Set(await Promise.all(answers))).toEqual(new Set(["OK"]))
  expect(status()).toMatchObject({ state: "ready", breaker: "closed", lastError: undefined })
})

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

test("READONLY drops the connection at once; a replica is not used until it is a primary", async () => {
  const { clock, server, get, status } = setup()
  await clock.advance(10)
  server.answer = () => refusal("READONLY")
  server.role = "slave"
  expect(await clock.runUntil(get())).toBe("SERVER_REFUSED")
  expect(status().state).toBe("connecting")
  server.answer = () => Buffer.from("OK")
  await clock.advance(5000)
  expect(status()).toMatchObject({ state: "connecting", role: "replica" })
  expect(await get()).toBe("STORE_UNAVAILABLE")
  server.role = "master"
  await clock.advance(3000)
  expect(status()).toMatchObject({ state: "ready", role: "primary" })
})

test("a primary that is demoted and keeps its connections is noticed within a beat", async () => {
  const { clock, server, connection, status } = setup()
  await clock.advance(10)
  const before = connection.generation(0)
  server.role = "slave"
  await clock.advance(5100)
  expect(status()).toMatchObject({ state: "connecting", role: "replica" })
  Object.assign(server, { role: "master", replId: "repl-2" })
  await clock.advance(3000)
  expect(connection.generation(0)).not.toBe(before)
})

test("a server that cannot serve opens the breaker; one that refuses a single command does not", async () => {
  const { clock, server, get, status } = setup()
  await clock.advance(10)
  for (const reply of ["OOM", "NOPERM", "WRONGTYPE", "ERR"]) {
    server.answer = () => refusal(reply)
    for (let command = 0; command < 30; command++) expect(await clock.runUntil(get())).toBe("SERVER_REFUSED")
    expect(status().breaker).toBe("closed")
  }
  server.answer = () => refusal("LOADING")
  for (let command = 0; command < 5; command++) expect(await clock.runUntil(get())).toBe("SERVER_REFUSED")
  expect(status()).toMatchObject({ breaker: "open", state: "ready", lastError: "SERVER_REFUSED LOADING" })
})

test("wrong credentials cause no storm of attempts, the error says what to do, and a repair is found without a restart", async () => {
  const { clock, server, connection, status } = setup({}, (it) => (it.accepts = refusal("WRONGPASS", "handshake")))
  await clock.advance(10 * 60_000)
  expect(server.attempts).toBeLessThan(60)
  expect(server.attempts).toBeGreaterThan(10)
  const error = await connection.command(0, ["GET", "k"]).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: "STORE_UNAVAILABLE", cause: { code: "SERVER_REFUSED" } })
  expect((error as Error).message).toContain("refuses the user name or password")
  expect(status().lastError).toBe("SERVER_REFUSED WRONGPASS")
  server.accepts = "yes"
  await clock.advance(61_000)
  expect(status().state).toBe("ready")
})

test("a server that is too old or runs no scripts is not used, and the error says so", async () => {
  const tooOld = setup({}, (it) => (it.version = "redis_version:6.0.16"))
  const valkey = setup({}, (it) => (it.version = "redis_version:7.2.4\r\nvalkey_version:7.1.0"))
  const scriptless = setup({}, (it) => (it.answer = (args) => (args[0] === "EVAL" ? refusal("ERR") : null)))
  for (const { clock, connection } of [tooOld, valkey, scriptless]) {
    await clock.advance(100)
    await expect(connection.command(0, ["GET", "k"])).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      cause: { code: "SERVER_NOT_SUPPORTED" },
    })
  }
  const unknown = setup({}, (it) => (it.version = "some_server:1"))
  expect(await unknown.clock.runUntil(unknown.get())).toBe("OK")
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
  connection.distrust(0, "foreign digest")
  expect(server.open).toEqual([])
  expect(events.at(-1)).toMatchObject({ name: "connection", state: "connecting", why: "foreign digest" })
  await clock.advance(3000)
  expect(server.open.length).toBe(1)
  server.accepts = "hang"
  expect(await clock.runUntil(outcome(connection.command(0, ["GET", "k"], { fresh: true })))).toBe("COMMAND_TIMEOUT")
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
})

test("whatever the server does, every command ends in time, nothing is unhandled, and in the end all is well", async () => {
  const fault = fc.constantFrom("freeze", "thaw", "reset", "refuse", "hang", "slow", "fast", "loading", "demote", "stall" as const)
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
  else if (fault === "loading") server.answer = () => refusal("LOADING")
  else if (fault === "demote") server.role = "slave"
  else if (fault === "serve") Object.assign(server, { accepts: "yes", role: "master", answer: () => Buffer.from("OK") })
}
