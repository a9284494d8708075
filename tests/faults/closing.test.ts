import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { bundleWorker, startProxy, startRedis, until, type RedisProcess } from "@holdfast/servers"
import { openRedisConnection } from "holdfast/testing"
import { afterAll, afterEach, beforeAll, expect, test } from "vitest"
import { clientRows, type ClientCell } from "../cells.ts"

/** That a process that has closed ends within. */
const promisedMs = 1000

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
afterEach(() => redis.thaw())
afterAll(() => redis.stop())

test.each(clientRows)("%s: close waits for what is in flight and ends all connections", async (_name, cell) => {
  await using proxy = await startProxy(redis.port)
  const connection = openRedisConnection(cell.create(`redis://${proxy.host}:${proxy.port}`))
  connection.subscribe("c", () => {})
  await connection.command(0, ["PING"])
  const answers = Array.from({ length: 100 }, () => connection.command(0, ["GET", "k"]))
  await connection.close({ timeoutMs: 5000 })
  expect(new Set(await Promise.all(answers))).toEqual(new Set([null]))
  expect(await until(() => proxy.open === 0, { timeoutMs: 2000, everyMs: 5 })).toBe(true)
})

/** Runs a process that opens a connection and is told to close it; the milliseconds from then to its end. */
async function endOfProcess(cell: ClientCell, whenOpen: () => void): Promise<number> {
  const file = await bundleWorker(fileURLToPath(new URL("closing-process.ts", import.meta.url)))
  const child = spawn(process.execPath, ["--unhandled-rejections=strict", file, cell.name, redis.url])
  try {
    await once(child.stdout, "data")
    whenOpen()
    const tookMs = once(child.stdout, "data")
    child.stdin.write("close")
    expect(await once(child, "exit", { signal: AbortSignal.timeout(20_000) })).toEqual([0, null])
    return Number(String((await tookMs)[0]))
  } finally {
    child.kill("SIGKILL")
  }
}

test.each(clientRows)(
  "%s: a process that closes ends within a second, although its server is frozen",
  async (_name, cell) => {
    const well = await endOfProcess(cell, () => {})
    const frozen = await endOfProcess(cell, () => redis.freeze())
    const neverConnected = await endOfProcess(cell, () => {})
    const ms = [well, frozen, neverConnected].map((each) => each.toFixed(0))
    console.log(`${cell.name}: ended after ${ms.join(", ")} ms (well, frozen, never connected)`)
    expect(Math.max(well, frozen, neverConnected)).toBeLessThan(4 * promisedMs + 1000)
  },
)
