import { freePort, startRedis, type RedisProcess } from "@holdfast/servers"
import { afterAll, beforeAll, expect, test } from "vitest"
import { Actor } from "../cache-actor.ts"
import { clientCells, clientRows } from "../cells.ts"
import { startCacheWorker } from "../stage.ts"

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

/** Runs a process that reads, writes and closes; answers how long it lived after that, in milliseconds. */
async function lifeAfterClose(client: string, url: string): Promise<number> {
  const worker = await startCacheWorker({
    url,
    sourceUrl: redis.url,
    client,
    namespace: "exits",
    awaitStore: false,
    subscribes: true,
  })
  const key = `of ${client} at ${url}`
  expect(await worker.call("get", key)).toBeUndefined()
  await worker.call("write", key)
  expect(await worker.call("get", key)).toBe(1)
  const closedMs = await worker.call("leave")
  expect(await worker.exited).toEqual({ code: 0, signal: null })
  return Date.now() - closedMs
}

test("a process that has used and closed Holdfast ends by itself within a second", async () => {
  const [cell] = clientCells
  const ms = await lifeAfterClose(cell?.name ?? "", redis.url)
  console.log(`exited ${ms} ms after close`)
  expect(ms).toBeLessThan(1000)
})

test.each(clientRows)(
  "%s: and so does one that never found a server, with an invalidation undelivered",
  async (name) => {
    const ms = await lifeAfterClose(name, `redis://127.0.0.1:${await freePort()}`)
    console.log(`${name}: exited ${ms} ms after close, with no server`)
    expect(ms).toBeLessThan(1000)
  },
)

test("after close every call rejects with CLOSED, and a second close is the first", async () => {
  const actor = await Actor.start({ url: redis.url, namespace: "closed" })
  await Promise.all([actor.close(), actor.close()])
  for (const call of [
    () => actor.get("k"),
    () => actor.peek("k"),
    () => actor.write("k"),
    () => actor.invalidate("k"),
  ]) {
    await expect(call()).rejects.toMatchObject({ code: "CLOSED" })
  }
})
