import { freePort, startRedis, type RedisProcess } from "@holdfast/servers"
import { afterAll, beforeAll, expect, test } from "vitest"
import { clientRows } from "../cells.ts"
import { startCacheWorker } from "../stage.ts"

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

/** Reads, writes, closes; answers how long the process lived after that, in milliseconds. */
async function lifeAfterClose(client: string, url: string): Promise<number> {
  const worker = await startCacheWorker({ url, sourceUrl: redis.url, client, namespace: "exits", awaitStore: false })
  expect(await worker.call("get", client)).toBeUndefined()
  await worker.call("write", client)
  expect(await worker.call("get", client)).toBe(1)
  const closedMs = await worker.call("leave")
  const exit = await worker.exited
  expect(exit).toEqual({ code: 0, signal: null })
  return Date.now() - closedMs
}

test.each(clientRows)("%s: a process that has closed Holdfast ends by itself within a second", async (name) => {
  const lives = [await lifeAfterClose(name, redis.url)]
  await redis.command("FLUSHALL")
  lives.push(await lifeAfterClose(name, `redis://127.0.0.1:${await freePort()}`))
  await redis.command("FLUSHALL")
  console.log(`${name}: exited ${lives[0]} ms after close, ${lives[1]} ms with no server`)
  for (const ms of lives) expect(ms).toBeLessThan(1000)
})

test("after close every call rejects with CLOSED, and a second close is the first", async () => {
  const worker = await startCacheWorker({ url: redis.url, namespace: "closed" })
  await worker.call("close")
  await worker.call("close")
  await expect(worker.call("get", "k")).rejects.toMatchObject({ code: "CLOSED" })
  await expect(worker.call("write", "k")).rejects.toMatchObject({ code: "CLOSED" })
  await expect(worker.call("invalidate", "k")).rejects.toMatchObject({ code: "CLOSED" })
  await worker.stop()
})
