import { expect, test } from "vitest"
import type { HoldfastError } from "../errors/holdfast-error.ts"
import { refusal, ScriptedServer } from "../testing/scripted-server.ts"
import { seededRandom } from "../testing/seeded-random.ts"
import { virtualClock } from "../testing/virtual-clock.ts"
import { redisConnection } from "./redis-connection.ts"

function setup() {
  const clock = virtualClock()
  const server = new ScriptedServer(clock)
  const connection = redisConnection({ client: server.client, clock, random: seededRandom(1) })
  const get = (): Promise<string> =>
    clock.runUntil(connection.command(0, ["GET", "k"]).then(String, (error: HoldfastError) => error.code))
  return { clock, server, connection, get, outage: () => connection.outage(0) }
}

test("an outage lasts from a command that failed until one is answered, and the next is another one", async () => {
  const { server, get, outage } = setup()
  await get()
  expect(outage()).toBeUndefined()

  server.answer = () => "never"
  expect(await get()).toBe("COMMAND_TIMEOUT")
  const first = outage()
  expect(first).toBeDefined()
  await get()
  expect(outage()).toBe(first)

  server.answer = () => Buffer.from("OK")
  await get()
  expect(outage()).toBeUndefined()
  server.answer = () => "never"
  await get()
  expect(outage()).not.toBe(first)
})

test("an answer that comes too late for its command ends an outage all the same", async () => {
  const { clock, server, get, outage } = setup()
  await get()
  server.freeze()
  expect(await get()).toBe("COMMAND_TIMEOUT")
  expect(outage()).toBeDefined()
  server.thaw()
  await clock.advance(5)
  expect(outage()).toBeUndefined()
})

test("so does a new connection, before anything is sent over it", async () => {
  const { clock, server, get, outage } = setup()
  await get()
  server.reset()
  await clock.advance(0)
  expect(await get()).toBe("STORE_UNAVAILABLE")
  expect(outage()).toBeDefined()
  await clock.advance(3000)
  expect(outage()).toBeUndefined()
})

test("a server that cannot serve anybody is away, and one that refuses a single command is not", async () => {
  const { server, get, outage } = setup()
  server.answer = () => refusal("LOADING")
  await get()
  expect(outage()).toBeDefined()
  server.answer = () => refusal("WRONGTYPE")
  await get()
  expect(outage()).toBeUndefined()
})
