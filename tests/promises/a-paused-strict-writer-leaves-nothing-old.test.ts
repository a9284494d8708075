import { until } from "@holdfast/servers"
import { expect, test } from "vitest"
import { shows } from "../holes/shows.ts"
import { useStage, type CacheWorker } from "../stage.ts"

const stage = useStage()
const windowTerm = "500ms"

/** Two processes with strict caches, and a row that the store holds. */
async function stopped(): Promise<{ paused: CacheWorker; other: CacheWorker; key: string }> {
  const [paused, other] = await Promise.all([
    stage.worker("paused", { windowTerm }),
    stage.worker("other", { windowTerm }),
  ])
  const key = stage.key()
  await other.call("commit", key)
  await readUntilStored(other, key)
  return { paused, other, key }
}

/** Reads until the store keeps the row, which it does not while a window is open. Answers what was read meanwhile. */
async function readUntilStored(other: CacheWorker, key: string): Promise<Set<number | undefined>> {
  const seen = new Set<number | undefined>()
  const isStored = async (): Promise<boolean> => {
    seen.add(await other.call("get", key))
    return (await other.call("peek", key)) !== undefined
  }
  expect(await until(isStored, { timeoutMs: 20_000, everyMs: 5 })).toBe(true)
  return seen
}

/** Lets a process go on, and waits until its timers have run. */
async function resume(paused: CacheWorker): Promise<void> {
  paused.thaw()
  await paused.call("stats")
  await paused.call("peek", stage.key())
}

test(
  shows("H11", "a strict writer that was stopped before its commit past its window is told so, and commits nothing"),
  async () => {
    const { paused, other, key } = await stopped()
    const before = await paused.call("lostWindows")
    await paused.call("hold", "opened")
    const writing = paused.call("write", key, "100ms").catch(({ code }: { code: string }) => code)
    await paused.call("reached", "opened")
    paused.freeze()
    expect(await readUntilStored(other, key)).toEqual(new Set([1]))
    await resume(paused)
    expect((await paused.call("lostWindows")).aborted).toBe(before.aborted + 1)
    await paused.call("open", "opened")
    expect(await writing).toBe("WINDOW_LOST")
    for (const worker of [paused, other]) expect(await worker.call("get", key)).toBe(1)
  },
)

test(
  shows(
    "H11",
    "a strict writer that was stopped after its commit past its window leaves no read of what was before it, and stores nothing",
  ),
  async () => {
    const { paused, other, key } = await stopped()
    const before = await paused.call("lostWindows")
    await paused.call("hold", "committed")
    const writing = paused.call("write", key)
    await paused.call("reached", "committed")
    paused.freeze()
    expect(await readUntilStored(other, key)).toEqual(new Set([2]))
    expect(await other.call("write", key)).toMatchObject({ version: 3, delivered: true })
    await resume(paused)
    await paused.call("open", "committed")
    expect(await writing).toEqual({ version: 2, stored: false, delivered: true })
    expect(await paused.call("lostWindows")).toEqual({ events: before.events + 1, aborted: before.aborted + 1 })
    for (const worker of [paused, other]) expect(await worker.call("get", key)).toBe(3)
  },
)
