import { expect, test } from "vitest"
import { useStage } from "../stage.ts"
import { interleavings, play } from "./interleavings.ts"
import { Play } from "./plays.ts"

const stage = useStage()

async function flushScripts(): Promise<void> {
  expect(await stage.redis.command("SCRIPT", "FLUSH", "SYNC")).toBe("OK")
}

test("scripts flushed between every two steps change nothing: every write is stored, every load filled", async () => {
  const [a, b] = await stage.trio()
  const key = stage.key()
  await flushScripts()
  expect(await a.call("write", key)).toEqual({ version: 1, stored: true, delivered: true })
  await flushScripts()
  expect(await b.call("invalidate", key)).toEqual({ delivered: true })
  await flushScripts()
  await a.call("hold", "load", "loaded")
  const reading = a.call("get", key)
  await a.call("reached", "load")
  await flushScripts()
  await a.call("open", "load", "loaded")
  expect(await reading).toBe(1)
  expect(await b.call("peek", key)).toBe(1)
  await flushScripts()
  expect(await b.call("write", key)).toEqual({ version: 2, stored: true, delivered: true })
  expect(await a.call("get", key)).toBe(2)
  expect(await a.call("loads", key)).toBe(1)
})

test("scripts flushed between every two steps of two writers and of a load leave no old value", async () => {
  const [a, b, c] = await stage.trio()
  for (const order of interleavings([3, 3])) {
    const the = new Play(stage.key())
    await play([the.writer(a), the.writer(b)], order, flushScripts)
    expect(await the.complaints([a, b, c], `writers, scripts flushed: ${order.join("")}`)).toEqual([])
  }
  for (const order of interleavings([2, 2])) {
    const the = new Play(stage.key())
    await play([the.loader(a), the.invalidator(b)], order, flushScripts)
    expect(await the.complaints([a, b, c], `load and invalidation, scripts flushed: ${order.join("")}`)).toEqual([])
  }
})
