import { until } from "@holdfast/servers"
import { expect, test } from "vitest"
import { shows } from "../holes/shows.ts"
import { holdMs } from "../oracle.ts"
import { useStage, type CacheWorker } from "../stage.ts"

const stage = useStage()

/** Resolves when whatever was recorded for this key has ended by itself. */
async function controlEnds(key: string): Promise<void> {
  const { control } = stage.keysOf(key)
  const gone = await until(async () => (await stage.redis.command("EXISTS", control)) === 0, { timeoutMs: 2 * holdMs })
  expect(gone).toBe(true)
}

/** Lets a process go on, and waits until its timers have run and what they sent has been answered. */
async function resume(paused: CacheWorker): Promise<void> {
  paused.thaw()
  await paused.call("stats")
  await paused.call("peek", stage.key())
}

async function stopped(): Promise<{ paused: CacheWorker; other: CacheWorker; key: string }> {
  const [paused, other] = await Promise.all([stage.worker("paused"), stage.worker("other")])
  return { paused, other, key: stage.key() }
}

test(
  shows("H10", "a process stopped in its load past its lease, and resumed, does not replace what was filled meanwhile"),
  async () => {
    const { paused, other, key } = await stopped()
    await other.call("commit", key)
    await paused.call("hold", "loaded")
    const early = paused.call("get", key)
    await paused.call("reached", "loaded")
    paused.freeze()
    await controlEnds(key)
    await other.call("commit", key)
    expect(await other.call("get", key)).toBe(2)
    expect(await other.call("peek", key)).toBe(2)
    await resume(paused)
    await paused.call("open", "loaded")
    expect(await early).toBe(1)
    for (const worker of [paused, other]) expect(await worker.call("get", key)).toBe(2)
    expect((await paused.call("stats")).refusedFills).toBe(1)
    expect(await other.call("loads", key)).toBe(2)
  },
)

test(
  shows("H10", "a process stopped past its lease cannot fill under the lease that another process holds by then"),
  async () => {
    const { paused, other, key } = await stopped()
    await other.call("commit", key)
    await paused.call("hold", "loaded")
    const early = paused.call("get", key)
    await paused.call("reached", "loaded")
    paused.freeze()
    await controlEnds(key)
    await other.call("commit", key)
    await other.call("hold", "loaded")
    const late = other.call("get", key)
    await other.call("reached", "loaded")
    await resume(paused)
    await paused.call("open", "loaded")
    expect(await early).toBe(1)
    expect(await other.call("peek", key)).toBeUndefined()
    await other.call("open", "loaded")
    expect(await late).toBe(2)
    for (const worker of [paused, other]) expect(await worker.call("peek", key)).toBe(2)
  },
)

test(
  shows(
    "H11",
    "a process stopped in its write past its window, and resumed, does not store its value over a newer one",
  ),
  async () => {
    const { paused, other, key } = await stopped()
    await paused.call("hold", "committed")
    const early = paused.call("write", key)
    await paused.call("reached", "committed")
    paused.freeze()
    await controlEnds(key)
    expect(await other.call("write", key)).toEqual({ version: 2, stored: true, delivered: true })
    await resume(paused)
    await paused.call("open", "committed")
    expect(await early).toEqual({ version: 1, stored: false, delivered: true })
    for (const worker of [paused, other]) expect(await worker.call("get", key)).toBe(2)
  },
)
