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

test("what a program sends first waits for the first attempt to connect, within its own deadline", async () => {
  const { clock, server, get } = setup({}, (it) => (it.latencyMs = 50))
  expect(await clock.runUntil(get())).toBe("OK")
  expect(server.received).toEqual([["GET", "k"]])

  const late = setup({}, (it) => (it.latencyMs = 300))
  expect(await late.clock.runUntil(late.get())).toBe("STORE_UNAVAILABLE")
  await late.clock.advance(3000)
  expect(late.status().state).toBe("ready")
  expect(late.server.received).toEqual([])

  const hanging = setup({}, (it) => (it.accepts = "hang"))
  const startMs = hanging.clock.monotonic()
  expect(await hanging.clock.runUntil(hanging.get())).toBe("STORE_UNAVAILABLE")
  expect(hanging.clock.monotonic() - startMs).toBe(250)
})

test("a connection that was lost is not called one that has never been there", async () => {
  const { clock, connection, get } = setup()
  await clock.runUntil(get())
  connection.distrust(0, "mixed up", connection.generation(0))
  const why = connection.command(0, ["GET", "k"]).catch((error: HoldfastError) => error.facts["reason"])
  expect(await why).toBe("connection lost, connecting again")
})

test("without a connection every later command is refused at once, and nothing is sent when it comes back", async () => {
  const { clock, server, connection, get, status } = setup(
    {},
    (it) => (it.accepts = new HoldfastError("STORE_UNAVAILABLE", "Refused.")),
  )
  expect(await clock.runUntil(get())).toBe("STORE_UNAVAILABLE")
  const startMs = clock.monotonic()
  expect(await Promise.all(Array.from({ length: 5 }, get))).toEqual(
    Array.from({ length: 5 }, () => "STORE_UNAVAILABLE"),
  )
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
  expect(await clock.runUntil(probe)).toBe("OK")
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

test("deadlines that pass while the event loop is blocked again end the commands, and prove nothing about the server", async () => {
  const { clock, server, get, status } = setup()
  await clock.advance(10)
  server.answer = () => "never"
  const answers = Array.from({ length: 30 }, get)
  for (const stallMs of [1000, 1000]) {
    clock.stall(stallMs)
    await clock.advance(0)
  }
  expect(new Set(await Promise.all(answers))).toEqual(new Set(["COMMAND_TIMEOUT"]))
  expect(status()).toMatchObject({ state: "ready", breaker: "closed" })
})

test("a new connection starts with a closed breaker", async () => {
  const { clock, server, get, status } = setup()
  await clock.advance(10)
  server.answer = () => refusal("BUSY")
  for (let command = 0; command < 5; command++) await clock.runUntil(get())
  expect(status().breaker).toBe("open")
  server.answer = () => Buffer.from("OK")
  server.reset()
  await clock.advance(60)
  expect(status()).toMatchObject({ state: "ready", breaker: "closed" })
  expect(await clock.runUntil(get())).toBe("OK")
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
  const scriptless = setup({}, (it) => (it.scripting = refusal("ERR")))
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
