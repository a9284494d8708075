import { startRedis, type RedisProcess } from "@holdfast/servers"
import { afterAll, beforeAll, expect, test } from "vitest"
import { compareServers } from "./agreement/compare-servers.ts"

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis({ extraArgs: ["--enable-debug-command", "yes"] })
})
afterAll(() => redis.stop())

const isDeep = process.env["HOLDFAST_DEEP"] !== undefined
const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31))

// The simulator runs the library against the model; this is why that says something about Redis.
test("the model answers random commands and scripts as a real server does, and holds the same afterwards", async () => {
  const { sequences, commands, cut, stories } = await compareServers(redis, seed, isDeep ? 100_000 : 2000)
  console.log(`model: ${sequences} sequences, ${commands} commands, ${cut} cut short, SEED=${seed}`)
  expect(stories.length, stories.join("\n\n")).toBe(0)
  expect(cut).toBeLessThan(sequences / 2)
}, 900_000)
