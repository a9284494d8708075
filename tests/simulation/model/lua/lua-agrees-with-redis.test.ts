import { startRedis, type RedisProcess } from "@holdfast/servers"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Draws } from "../agreement/draws.ts"
import { languageSamples } from "../agreement/language-samples.ts"
import { librarySamples } from "../agreement/library-samples.ts"
import { notForTheModel, notForTheModelAtRunTime } from "../agreement/not-modelled-samples.ts"
import { randomNumberScript, randomPatternScript } from "../agreement/random-lua-values.ts"
import { sameReply } from "../agreement/same-reply.ts"
import { Wire } from "../agreement/wire.ts"
import { ModelNode } from "../model-node.ts"
import type { ModelReply } from "../model-reply.ts"
import { LuaNotModelled } from "./lua-error.ts"
import { transpile } from "./transpile.ts"

let redis: RedisProcess
let wire: Wire
beforeAll(async () => {
  redis = await startRedis()
  wire = await Wire.open(redis)
})
afterAll(async () => {
  wire.close()
  await redis.stop()
})

const node = new ModelNode({ node: { host: "model", port: 1 }, nowMs: () => 0, newId: () => "0".repeat(40) })
const session = node.connect({ push: () => {}, closed: () => {} })
const operands = ["1", "k", "12", "a b", ""]

function inModel(args: readonly string[]): ModelReply {
  return node.execute(session, args)
}

function bothSay(script: string, real: ModelReply, model: ModelReply): string {
  return `${script}\nthe server: ${JSON.stringify(real)}\nthe model:  ${JSON.stringify(model)}`
}

describe.each(Object.entries({ ...languageSamples, ...librarySamples }))("%s", (_, scripts) => {
  test("give in the model what they give on a server", async () => {
    const calls = scripts.map((script) => ["EVAL", script, ...operands])
    const replies = await wire.send(calls)
    const wrong = calls.flatMap((call, at) => {
      const [real = null, model] = [replies[at], tried(call)]
      if (model instanceof LuaNotModelled) return [`${call[1]}\n${model.message}`]
      return sameReply(real, model) ? [] : [bothSay(String(call[1]), real, model)]
    })
    expect(wrong.length, wrong.join("\n\n")).toBe(0)
  })
})

function tried(args: readonly string[]): ModelReply | LuaNotModelled {
  try {
    return inModel(args)
  } catch (error) {
    if (error instanceof LuaNotModelled) return error
    throw error
  }
}

const isDeep = process.env["HOLDFAST_DEEP"] !== undefined
const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31))

test.each([
  ["patterns", randomPatternScript],
  ["numbers", randomNumberScript],
])("random %s mean in the model what they mean on a server", async (_, make) => {
  const draws = new Draws(seed)
  const calls = Array.from({ length: isDeep ? 200_000 : 5000 }, () => make(draws))
  const replies = await wire.send(calls)
  let known = 0
  const wrong = calls.flatMap((call, at) => {
    const [real = null, model] = [replies[at], tried(call)]
    if (model instanceof LuaNotModelled) return []
    known++
    return sameReply(real, model) ? [] : [bothSay(JSON.stringify(call), real, model)]
  })
  expect(wrong.length, [`SEED=${seed}`, ...wrong.slice(0, 10)].join("\n\n")).toBe(0)
  expect(known).toBeGreaterThan(calls.length * 0.8)
})

test.each(notForTheModel)("says before it runs that it does not know: %s", (script) => {
  expect(() => transpile(script)).toThrow(LuaNotModelled)
})

test.each(notForTheModelAtRunTime)("says when it comes to it that it does not know: %s", (script) => {
  expect(() => inModel(["EVAL", script, "0"])).toThrow("The model of Redis does not know")
})
