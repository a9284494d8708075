import { listServers, startRedis, type RedisBinary, type RedisProcess } from "@holdfast/servers"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Draws } from "./agreement/draws.ts"
import { sameReply } from "./agreement/same-reply.ts"
import { Wire } from "./agreement/wire.ts"
import type { NewerCommand } from "./commands/newer.ts"
import { ModelNode } from "./model-node.ts"

const commands = process.env["HOLDFAST_DEEP"] === "1" ? 50_000 : 2000
const seed = Number(process.env["SEED"] ?? 1)
/** Since which release. */
const since: readonly (readonly [
  command: NewerCommand,
  engine: RedisBinary["engine"],
  major: number,
  minor: number,
])[] = [
  ["SET IFEQ", "redis", 8, 4],
  ["DELEX", "redis", 8, 4],
  ["SET IFEQ", "valkey", 8, 1],
  ["DELIFEQ", "valkey", 9, 0],
]

const servers = listServers().map((binary) => ({ name: `${binary.engine} ${binary.version}`, binary }))
const known = servers.filter(({ binary }) => newerOf(binary).length > 0)

describe.each(known)("$name", ({ binary }) => {
  let redis: RedisProcess
  let wire: Wire
  beforeAll(async () => {
    redis = await startRedis({ binary })
    wire = await Wire.open(redis)
  })
  afterAll(async () => {
    wire.close()
    await redis.stop()
  })

  test(`answers ${commands} random commands as the model does (SEED=${seed})`, async () => {
    const newer = newerOf(binary)
    const model = new ModelNode({
      node: { host: "model", port: 1 },
      nowMs: () => Date.now(),
      newId: () => "0".repeat(40),
      newer,
    })
    const session = model.connect({ push: () => {}, closed: () => {} })
    const draws = new Draws(seed)
    const sent = Array.from({ length: commands }, () => randomCommand(draws, newer))
    const real = await wire.send(sent)
    for (const [at, args] of sent.entries()) {
      const answer = real[at] ?? null
      const said = model.execute(session, args)
      expect(
        sameReply(answer, said),
        `${at}: ${args.join(" ")}\n${JSON.stringify(answer)}\n${JSON.stringify(said)}`,
      ).toBe(true)
    }
  })
})

test("there is a server with the newer commands", (context) => {
  if (known.length === 0)
    context.skip("no server here has SET IFEQ: `sh tools/get-servers.sh DIR` fetches some, for HOLDFAST_SERVERS")
  expect(new Set(known.flatMap(({ binary }) => newerOf(binary)))).toContain("SET IFEQ")
})

function newerOf({ engine, version }: RedisBinary): NewerCommand[] {
  const [major = 0, minor = 0] = version.split(".").map(Number)
  return since
    .filter(([, of, least, then]) => of === engine && (major > least || (major === least && minor >= then)))
    .map(([name]) => name)
}

function randomCommand(draws: Draws, newer: readonly NewerCommand[]): string[] {
  const key = draws.of("a", "b")
  const value = () => draws.of("", "x", "y", "lease 1 2 0")
  const ends = () => draws.of([], ["PXAT", String(Date.now() + 600_000)], ["PX", "600000"], ["PX", "0"], ["PXAT"])
  const comparisons = () => draws.of(["IFEQ", value()], ["ifeq", value()], ["IFEQ"])
  return draws.of(
    ["SET", key, value(), ...ends()],
    ["SET", key, value(), ...comparisons(), ...ends()],
    ["SET", key, value(), ...ends(), ...comparisons()],
    newer.includes("DELIFEQ") ? ["DELIFEQ", key, value()] : ["DELEX", key, "IFEQ", value()],
    newer.includes("DELEX") ? ["DELEX", key, "ifeq", value()] : ["DELIFEQ", key, value()],
    ["GET", key],
    ["DEL", key],
    ["LPUSH", key, "x"],
  )
}
