import { until } from "@holdfast/servers"
import { expect, test } from "vitest"
import { shows } from "../holes/shows.ts"
import { useStage, type CacheWorker } from "../stage.ts"
import { clients } from "./near-topology.ts"
import { maxStalenessMs, pastTheBound } from "./near-process.ts"

const stage = useStage()
const local = { maxStaleness: `${maxStalenessMs}ms` } as const

/** A worker process with each client. Waits until all keep copies of a key. */
async function keeping(key: string): Promise<readonly CacheWorker[]> {
  const workers = await Promise.all(clients.map((client) => stage.worker(client, { client, local })))
  await workers[0]?.call("commit", key)
  const near = (worker: CacheWorker): Promise<true | undefined> =>
    until(async () => isNear(worker, key), { timeoutMs: 10_000 })
  expect(await Promise.all(workers.map(near))).toEqual(workers.map(() => true))
  return workers
}

async function isNear(worker: CacheWorker, key: string): Promise<boolean> {
  const before = (await worker.call("stats")).nearHits
  await worker.call("get", key)
  return (await worker.call("stats")).nearHits > before
}

test(
  shows("H16", "what one process changes, all others see, and nobody serves older values after the bound"),
  async () => {
    const keys = [stage.key(), stage.key(), stage.key()]
    const waits: number[] = []
    for (const [at, key] of keys.entries()) {
      const workers = await keeping(key)
      for (let round = 0; round < 5; round += 1) {
        const changing = workers[at] as CacheWorker
        const version = await changing.call("commit", key)
        expect(await changing.call("invalidate", key)).toEqual({ delivered: true })
        const startedMs = performance.now()
        expect(await changing.call("get", key)).toBe(version)
        const seen = async (worker: CacheWorker): Promise<void> => {
          expect(
            await until(async () => (await worker.call("get", key)) === version, { timeoutMs: 5000, everyMs: 1 }),
          ).toBe(true)
          waits.push(performance.now() - startedMs)
        }
        await Promise.all(workers.map(seen))
        await pastTheBound()
        expect(await Promise.all(workers.map((worker) => worker.call("get", key)))).toEqual(workers.map(() => version))
      }
    }
    console.log(`seen by every process within ${Math.max(...waits).toFixed(1)} ms`)
    expect(Math.max(...waits)).toBeLessThan(4 * maxStalenessMs + 1000)
  },
)

test(
  shows("H9", "a process that was stopped for longer than the bound serves nothing from before, once it goes on"),
  async () => {
    const key = stage.key()
    const [changing, stopped] = await keeping(key)
    if (changing === undefined || stopped === undefined) throw new Error("two workers are needed")
    for (let round = 0; round < 5; round += 1) {
      expect(await until(() => isNear(stopped, key), { timeoutMs: 10_000 })).toBe(true)
      stopped.freeze()
      try {
        const version = await changing.call("commit", key)
        expect(await changing.call("invalidate", key)).toEqual({ delivered: true })
        await pastTheBound()
        const reading = stopped.call("get", key)
        stopped.thaw()
        expect(await reading).toBe(version)
      } finally {
        stopped.thaw()
      }
    }
  },
)

test(
  shows(
    "H9",
    "processes whose subscriber connections are killed again and again never serve older values after the bound",
  ),
  async () => {
    const key = stage.key()
    const workers = await keeping(key)
    const [changing, ...others] = workers
    for (let round = 0; round < 10; round += 1) {
      const version = await changing?.call("commit", key)
      const [, outcome] = await Promise.all([
        stage.redis.command("CLIENT", "KILL", "TYPE", "pubsub"),
        changing?.call("invalidate", key),
      ])
      expect(outcome).toEqual({ delivered: true })
      await pastTheBound()
      for (const worker of others) expect(await worker.call("get", key)).toBe(version)
    }
    expect(await Promise.all(others.map((worker) => until(() => isNear(worker, key), { timeoutMs: 10_000 })))).toEqual(
      others.map(() => true),
    )
  },
)
