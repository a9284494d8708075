import { until } from "@holdfast/servers"
import { expect, test } from "vitest"
import { holdMs } from "../oracle.ts"
import { startCacheWorker, useStage } from "../stage.ts"

const stage = useStage()

test("a process killed while it loads costs the others no more than two lease lives, and the key is kept again", async () => {
  const dying = await startCacheWorker({ url: stage.redis.url, namespace: stage.namespace })
  const other = await stage.worker("other")
  const key = stage.key()
  await other.call("commit", key)
  await dying.call("hold", "load")
  const lost = dying.call("get", key).catch((error: unknown) => String(error))
  await dying.call("reached", "load")
  const startedMs = performance.now()
  const waiting = other.call("get", key)
  await dying.kill()
  expect(await lost).toContain("SIGKILL")
  expect(await waiting).toBe(1)
  const waitedMs = performance.now() - startedMs
  console.log(`lease holder killed: the waiting read was answered after ${Math.round(waitedMs)} ms`)
  expect(waitedMs).toBeLessThan(2 * holdMs + 1000)
  // The waiter may have loaded without a lease; who comes when the dead one has ended fills.
  const kept = until(async () => ((await other.call("get", key)) === 1 ? other.call("peek", key) : undefined), {
    timeoutMs: 2 * holdMs,
  })
  expect(await kept).toBe(1)
})

test("a process killed between its commit and the close of its write leaves no value that blocks the key", async () => {
  const dying = await startCacheWorker({ url: stage.redis.url, namespace: stage.namespace })
  const other = await stage.worker("other")
  const key = stage.key()
  await dying.call("hold", "committed")
  const lost = dying.call("write", key).catch((error: unknown) => String(error))
  await dying.call("reached", "committed")
  await dying.kill()
  expect(await lost).toContain("SIGKILL")
  expect(await other.call("get", key)).toBe(1)
  expect(await other.call("peek", key)).toBe(1)
  // Its window is still recorded, so the next write may not store; once it has ended, writes store again.
  const stored = await until(async () => (await other.call("write", key)).stored, { timeoutMs: 2 * holdMs })
  expect(stored).toBe(true)
  expect(await other.call("get", key)).toBe((await other.call("commit", key)) - 1)
})
