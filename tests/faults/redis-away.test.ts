import { freePort, startRedis, until, type RedisProcess } from "@holdfast/servers"
import { afterAll, beforeAll, expect, test } from "vitest"
import { clientRows, type ClientCell } from "../cells.ts"
import { expectTidy } from "../oracle.ts"
import { loadMs, Trickle, type TrickleReport } from "./trickle.ts"

const commandTimeoutMs = 250
const boundMs = 4 * (commandTimeoutMs + loadMs) + 1000
/** Reads per phase: at two every 5 ms, about a second and a half. */
const phase = 500

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

/** Runs a service through `away`, and checks what its users felt, before, during and after. */
async function expectSurvived(
  cell: ClientCell,
  what: string,
  away: (during: () => Promise<void>) => Promise<void>,
): Promise<void> {
  await redis.command("FLUSHALL")
  const service = new Trickle(cell, redis.url)
  try {
    await readsHit(service)
    service.start()
    const reports: TrickleReport[] = [await service.report(phase)]
    await away(async () => void reports.push(await service.report(phase)))
    await readsHit(service)
    reports.push(await service.report(phase))
    expectWell(cell.name, what, reports)
    await expectRecovery(service)
  } finally {
    redis.thaw()
    await service.close()
  }
}

/** Waits until reads of every process are answered by the store. */
async function readsHit(service: Trickle): Promise<void> {
  for (const { cache } of service.members) {
    const before = cache.stats().hits
    const hit = await until(async () => (await cache.get("k0"), cache.stats().hits > before), {
      timeoutMs: 15_000,
      everyMs: 20,
    })
    expect(hit).toBe(true)
  }
}

function expectWell(client: string, what: string, reports: readonly TrickleReport[]): void {
  const readMs = reports.flatMap((report) => report.readMs).sort((a, b) => a - b)
  const p99 = readMs[Math.floor((readMs.length - 1) * 0.99)] ?? 0
  const max = readMs.at(-1) ?? 0
  const undelivered = reports.reduce((sum, report) => sum + report.undelivered, 0)
  console.log(
    `${client}, ${what}: ${readMs.length} reads, p99 ${Math.round(p99)} ms, max ${Math.round(max)} ms; ` +
      `${undelivered} writes delivered later`,
  )
  expect(reports.flatMap(({ errors }) => errors)).toEqual([])
  expect(reports.flatMap(({ stale }) => stale)).toEqual([])
  expect(undelivered).toBeGreaterThan(0)
  expect(max).toBeLessThan(boundMs)
}

/** Invalidations made while Redis was away are delivered, and then all processes agree with the source. */
async function expectRecovery(service: Trickle): Promise<void> {
  await service.stop()
  const delivered = until(
    async () => {
      const states = await Promise.all(service.members.map(({ holdfast }) => holdfast.health()))
      return states.every(({ undelivered, status }) => undelivered === 0 && status !== "down")
    },
    { timeoutMs: 15_000, everyMs: 20 },
  )
  expect(await delivered).toBe(true)
  expect(await service.disagreements()).toEqual([])
  await expectTidy(redis, "trickle")
}

test.each(clientRows)(
  "%s: while Redis is frozen every read is answered and nothing is stale, and so it is afterwards",
  async (_name, cell) => {
    await expectSurvived(cell, "frozen", async (during) => {
      redis.freeze()
      await during()
      redis.thaw()
    })
  },
)

test.each(clientRows)(
  "%s: Redis killed and restarted empty: every read is answered and nothing is stale",
  async (_name, cell) => {
    await expectSurvived(cell, "killed and restarted empty", async (during) => {
      await redis.kill()
      await during()
      await redis.restart()
    })
  },
)

test.each(clientRows)("%s: Redis that refuses connections at boot is joined when it comes", async (_name, cell) => {
  const port = await freePort()
  const service = new Trickle(cell, `redis://127.0.0.1:${port}`)
  service.start()
  const before = await service.report(phase)
  await using late = await startRedis({ port })
  await readsHit(service)
  const after = await service.report(phase)
  expectWell(cell.name, "refused at boot", [before, after])
  await service.stop()
  await until(async () => (await service.members[0]?.holdfast.health())?.undelivered === 0, { timeoutMs: 15_000 })
  expect(await service.disagreements()).toEqual([])
  await expectTidy(late, "trickle")
  await service.close()
})
