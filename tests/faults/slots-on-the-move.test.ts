import { setTimeout as sleep } from "node:timers/promises"
import { startCluster, until, type RedisCluster, type RedisProcess } from "@holdfast/servers"
import { afterAll, beforeAll, expect, test } from "vitest"
import { clusterRows, type ClusterCell } from "../cells.ts"
import { expectTidy } from "../oracle.ts"
import { loadMs, Trickle, type TrickleOptions, type TrickleReport } from "./trickle.ts"

/** A look, a lease, a fill and a load, each at its worst, and a wait for another process's load. */
const boundMs = 4 * (250 + loadMs) + 1000

let cluster: RedisCluster
let runs = 0
beforeAll(async () => {
  cluster = await startCluster({ primaries: 3, replicas: 1, nodeTimeoutMs: 2000 })
})
afterAll(() => cluster.stop())

/** Where every command is answered, none may be given up because the machine is busy. */
const patient = { commandTimeoutMs: 2000 } as const
const isDeep = process.env["HOLDFAST_DEEP"] !== undefined

type During = (reads: number) => Promise<void>

/** Runs a service while something is done to its cluster, and checks what its users saw. Answers how many writes were delivered late. */
async function expectTruth(
  cell: ClusterCell,
  meanwhile: (during: During, service: Trickle) => Promise<string>,
  options: TrickleOptions = {},
): Promise<number> {
  // Who owns what may still be changing after the test before: whoever takes writes is emptied, and replicas refuse.
  await Promise.all(cluster.nodes.map((node) => node.command("FLUSHALL").catch(() => undefined)))
  runs += 1
  // What the test before it stored may come back with a replica that takes over only now.
  const within = `run${runs}`
  const service = new Trickle({ name: cell.name, create: () => cell.create(cluster.urls) }, "", {
    within,
    everyKind: true,
    ...options,
  })
  const reports: TrickleReport[] = []
  const during = async (reads: number): Promise<void> => void reports.push(await service.report(reads))
  try {
    await readsHit(service)
    service.start()
    const done = await meanwhile(during, service)
    await during(200)
    await service.stop()
    const undelivered = judge(`${cell.name}, ${done}`, service, reports)
    expect(await until(() => allDelivered(service), { timeoutMs: 20_000, everyMs: 20 })).toBe(true)
    expect(await service.disagreements()).toEqual([])
    for (const node of await primaries()) await expectTidy(node, within)
    return undelivered
  } finally {
    await service.close()
  }
}

function judge(what: string, service: Trickle, reports: readonly TrickleReport[]): number {
  const readMs = reports.flatMap((report) => report.readMs).sort((a, b) => a - b)
  const p99 = readMs[Math.floor((readMs.length - 1) * 0.99)] ?? 0
  const max = readMs.at(-1) ?? 0
  const writes = reports.reduce((sum, report) => sum + report.writes, 0)
  const undelivered = reports.reduce((sum, report) => sum + report.undelivered, 0)
  const hits = service.members.map(({ cache }) => `${cache.stats().hits} hits of ${cache.stats().reads}`)
  console.log(
    `${what}: ${readMs.length} reads, p99 ${Math.round(p99)} ms, max ${Math.round(max)} ms; ${writes} writes, ` +
      `${undelivered} delivered later; ${hits.join(", ")}`,
  )
  expect(reports.flatMap(({ errors }) => errors)).toEqual([])
  expect(service.members.flatMap(({ oracle }) => oracle.stale)).toEqual([])
  expect(service.strictOracle.stale).toEqual([])
  expect(max).toBeLessThan(boundMs)
  return undelivered
}

async function allDelivered(service: Trickle): Promise<boolean> {
  const states = await Promise.all(service.members.map(({ holdfast }) => holdfast.health()))
  return states.every(({ undelivered, ok }) => undelivered === 0 && ok)
}

async function readsHit(service: Trickle): Promise<void> {
  for (const { cache } of service.members) {
    const hit = async (): Promise<boolean> => (await cache.get("k0"), cache.stats().hits > 0)
    expect(await until(hit, { timeoutMs: 15_000, everyMs: 20 })).toBe(true)
  }
}

async function primaries(): Promise<readonly RedisProcess[]> {
  return [...new Set(await Promise.all([0, 8000, 16_383].map((slot) => cluster.ownerOf(slot))))]
}

/** The slots of some of the service's keys, a fourth of them of its strict cache. */
async function slotsInUse(count: number): Promise<readonly number[]> {
  const [witness] = cluster.nodes
  const keys = Array.from({ length: count }, (_none, at) => (at % 4 === 3 ? `{firm:s${at % 3}}` : `{row:k${at}}`))
  return Promise.all(keys.map(async (key) => Number(await witness?.command("CLUSTER", "KEYSLOT", key))))
}

/**
 * Moves slots about, and leaves each on its way for a while in every state there is. No move is taken back: while a slot is half
 * there, that is a loss of what was done to the keys which had arrived.
 */
async function moveAbout(moves: number): Promise<string> {
  const slots = await slotsInUse(8)
  for (let at = 0; at < moves; at++) {
    const slot = slots[at % slots.length] ?? 0
    const owner = await cluster.ownerOf(slot)
    const to = (await primaries()).find((node) => node !== owner) ?? owner
    const move = await cluster.beginMove(slot, to)
    await sleep(10)
    const keys = ((await owner.command("CLUSTER", "GETKEYSINSLOT", String(slot), "10")) as string[]).toSorted()
    // In turn the entry first and its control record first.
    const one = keys.at(at % 2 === 0 ? 0 : -1)
    if (one !== undefined) await move.migrateKeys([one])
    await sleep(20)
    await move.finish()
  }
  return `${moves} slots moved`
}

test.each(clusterRows)(
  "%s: while slots are on the move no read is stale or fails, and every write is delivered at once",
  async (_name, cell) => {
    expect(await expectTruth(cell, () => moveAbout(isDeep ? 320 : 32), patient)).toBe(0)
  },
)

test.each(clusterRows)("%s: a primary hands over to its replica: no read is stale or fails", async (_name, cell) => {
  await expectTruth(cell, async (during) => {
    await during(200)
    const [slot = 0] = await slotsInUse(1)
    await cluster.failOver(await cluster.ownerOf(slot))
    await during(300)
    return "handed over"
  })
})

test.each(clusterRows)(
  "%s: a primary is killed and comes back empty: no read is stale or fails",
  async (_name, cell) => {
    await expectTruth(cell, async (during) => {
      const [slot = 0] = await slotsInUse(1)
      const owner = await cluster.ownerOf(slot)
      await owner.kill()
      await during(200)
      await owner.restart()
      await during(300)
      return "killed"
    })
  },
)

/** The clients that a promotion is tried with: it takes some seconds until the other servers call a dead one dead. */
const promoted = clusterRows.filter(([name]) => isDeep || name === "redis 6" || name === "ioredis 6")

test.each(promoted)(
  "%s: a primary is killed under load and its replica takes over: no read is stale or fails",
  async (_name, cell) => {
    const [slot = 0] = await slotsInUse(1)
    const owner = await cluster.ownerOf(slot)
    await expectTruth(cell, async (during, service) => {
      await during(200)
      // What the replica had not received would be lost: when the primary dies, it has all.
      await service.quieten()
      await until(() => isInStep(owner), { timeoutMs: 10_000, everyMs: 5 })
      await owner.kill()
      const sinceMs = performance.now()
      service.disturb()
      await during(200)
      const hasHeir = async (): Promise<boolean> => (await cluster.ownerOf(slot)) !== owner
      expect(await until(() => hasHeir().catch(() => false), { timeoutMs: 20_000, everyMs: 20 })).toBe(true)
      const heirMs = performance.now() - sinceMs
      await during(300)
      return `killed, an heir after ${heirMs.toFixed(0)} ms`
    })
    await owner.restart()
    const back = async (): Promise<boolean> => (await cluster.replicasOf(await cluster.ownerOf(slot))).includes(owner)
    expect(await until(() => back().catch(() => false), { timeoutMs: 20_000, everyMs: 50 })).toBe(true)
  },
)

/** Whether every replica of a primary has all that it has. */
async function isInStep(primary: RedisProcess): Promise<boolean> {
  const offset = async (node: RedisProcess, field: string): Promise<string | undefined> =>
    new RegExp(`^${field}:(\\d+)`, "m").exec(String(await node.command("INFO", "replication")))?.[1]
  const replicas = await cluster.replicasOf(primary)
  const offsets = await Promise.all(replicas.map((node) => offset(node, "slave_repl_offset")))
  const own = await offset(primary, "master_repl_offset")
  return offsets.length > 0 && offsets.every((each) => each === own)
}
