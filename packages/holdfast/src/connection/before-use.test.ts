import { expect, test } from "vitest"
import type { BeforeUse } from "../contracts/redis-connection.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { deferred } from "../internal/deferred.ts"
import { ScriptedServer } from "../testing/scripted-server.ts"
import { seededRandom } from "../testing/seeded-random.ts"
import { virtualClock } from "../testing/virtual-clock.ts"
import { redisConnection } from "./redis-connection.ts"

function setup(beforeUse: BeforeUse) {
  const clock = virtualClock()
  const server = new ScriptedServer(clock)
  const connection = redisConnection({ client: server.client, clock, random: seededRandom(1), beforeUse })
  const get = (): Promise<string> =>
    connection.command(0, ["GET", "k"]).then(String, (error: HoldfastError) => error.code)
  return { clock, server, get }
}

test("a socket is nobody's before what was to be asked on it was answered", async () => {
  const asked = deferred<void>()
  const runs: string[] = []
  const { clock, server, get } = setup(async ({ runId }, ask) => {
    runs.push(runId)
    await ask(["GET", "mark"])
    await asked.promise
  })
  const early = get()
  await clock.advance(100)
  expect(server.received).toEqual([["GET", "mark"]])
  asked.resolve()
  expect(await clock.runUntil(early)).toBe("OK")
  server.runId = "run-2"
  server.reset()
  await clock.advance(3000)
  expect(await clock.runUntil(get())).toBe("OK")
  expect(server.received.map(([, key]) => key)).toEqual(["mark", "k", "mark", "k"])
  expect(runs).toEqual(["run-1", "run-2"])
})

test("a socket on which that could not be asked is not used, and another one follows", async () => {
  let tries = 0
  const { clock, server, get } = setup(async () => {
    tries += 1
    if (tries === 1) throw new HoldfastError("SERVER_REFUSED", "LOADING.", { facts: { reply: "LOADING" } })
  })
  expect(await clock.runUntil(get())).toBe("STORE_UNAVAILABLE")
  expect(server.received).toEqual([])
  await clock.advance(3000)
  expect(await clock.runUntil(get())).toBe("OK")
  expect([tries, server.open.filter(({ purpose }) => purpose === "data").length]).toEqual([2, 1])
})

test("what is asked and never answered ends with the attempt to connect", async () => {
  const { clock, server, get } = setup((_generation, ask) => ask(["GET", "mark"]).then(() => {}))
  server.answer = ([, key]) => (key === "mark" ? "never" : Buffer.from("OK"))
  expect(await clock.runUntil(get())).toBe("STORE_UNAVAILABLE")
  await clock.advance(10_000)
  expect(server.received.every(([, key]) => key === "mark")).toBe(true)
  expect(server.open.filter(({ purpose }) => purpose === "data").length).toBeLessThanOrEqual(1)
})
