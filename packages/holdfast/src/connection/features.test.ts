import { expect, test } from "vitest"
import type { RedisReply } from "../contracts/redis-client.ts"
import { seededRandom } from "../testing/seeded-random.ts"
import { refusal, ScriptedServer } from "../testing/scripted-server.ts"
import { virtualClock } from "../testing/virtual-clock.ts"
import { readFeatures } from "./features.ts"
import { redisConnection } from "./redis-connection.ts"

type Answer = (topic: string) => RedisReply | Error

/** What is found on a server that answers `COMMAND INFO` and `COMMAND DOCS` like this. */
function found(answer: Answer) {
  return readFeatures({
    send([, topic], target) {
      const reply = answer(String(topic))
      if (reply instanceof Error) target.refused(refusal("NOPERM"))
      else target.answered(reply)
    },
    subscribe: async () => {},
    destroy: () => {},
  })
}

const text = (word: string): Buffer => Buffer.from(word)
const docs = [text("set"), [text("arguments"), [[text("name"), text("condition"), text("token"), text("IFEQ")]]]]

test("a server has what it describes", async () => {
  expect(await found((topic) => (topic === "INFO" ? [null, [text("delifeq"), 3]] : docs))).toEqual(
    new Set(["DELIFEQ", "SET IFEQ"]),
  )
})

test.each<[string, Answer]>([
  ["knows no COMMAND", () => new Error("ERR unknown command")],
  ["has no documents", (topic) => (topic === "INFO" ? [null, null] : [])],
  ["answers with something else", () => text("OK")],
  [
    "says so only in a sentence",
    (topic) => (topic === "INFO" ? [] : [text("set"), [text("Added the `IFEQ` option.")]]),
  ],
])("a server that %s has none", async (_name, answer) => {
  expect(await found(answer)).toEqual(new Set())
})

test("asking takes no round trip of its own, and the row of health names the server", async () => {
  const clock = virtualClock()
  const server = new ScriptedServer(clock)
  server.latencyMs = 100
  server.version = "valkey_version:9.1.2"
  server.features = ["SET IFEQ"]
  const connection = redisConnection({ client: server.client, clock, random: seededRandom(1) })
  await clock.advance(199)
  expect(connection.nodes()[0]).toMatchObject({ state: "connecting", server: undefined, features: [] })
  await clock.advance(2)
  expect(connection.nodes()[0]).toMatchObject({ state: "ready", server: "Valkey 9.1.2", features: ["SET IFEQ"] })
})
