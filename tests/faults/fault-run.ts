import { startProxy, startRedis, until } from "@holdfast/servers"
import { libraryScripts } from "holdfast/testing"
import { expect } from "vitest"
import type { ClientCell } from "../cells.ts"
import { expectTidy } from "../oracle.ts"
import type { FaultCell, FaultServers } from "./cells/fault-cell.ts"
import { loadMs, namespace, Trickle, type TrickleReport } from "./trickle.ts"

/** Longest wait for another process that loads. The fault strikes some readers in it, and they are not woken any more. */
const waitMs = 2000
/** Reads while nothing is wrong, when the fault comes, and while it lasts: two every 5 ms at most. */
const reads = { calm: 60, start: 20, fault: 350 } as const

/** Where every command is answered, none may be given up because the machine is busy. */
const patient = { commandTimeoutMs: 2000 } as const

/** What the table of faults shows of a cell. */
export interface FaultFigures {
  /** The 99th percentile and the longest of the reads while the fault lasted, in milliseconds. */
  readonly p99Ms: number
  readonly maxMs: number
  /** From the end of the fault until reads of every process hit again and nothing was undelivered. */
  readonly recoveredMs: number
  readonly writes: number
  readonly undelivered: number
}

/** Runs a service of two processes through one fault, and checks what its users felt. */
export async function runFault(cell: FaultCell, client: ClientCell): Promise<FaultFigures> {
  await using redis = await startRedis(cell.server)
  await using proxy = await startProxy(redis.port)
  const servers = { redis, proxy }
  // So that no call is answered with NOSCRIPT first, and comes a second time with its text.
  for (const { lua } of libraryScripts) await redis.command("SCRIPT", "LOAD", lua)
  await cell.prepare?.(servers)
  const early = cell.fromTheStart === true ? await cell.break(servers) : undefined
  const service = new Trickle(client, urlOf(cell, servers), { ...(cell.delivers === "all" && patient), ...cell.load })
  try {
    const heal = early ?? (await breakUnderWay(cell, servers, service))
    service.start()
    const start = await service.report(cell.load === undefined ? reads.start : 2)
    const during = await duringFault(cell, service)
    const recoveredMs = await recovery(cell, service, heal)
    const after = await service.report(cell.load === undefined ? reads.calm : 2)
    expectTruth(cell, during, [start, during, after])
    await service.stop()
    expect(await until(() => hasRecovered(service), { timeoutMs: cell.recoveryMs, everyMs: 10 })).toBe(true)
    expect(await service.disagreements()).toEqual([])
    await expectTidy(redis, namespace)
    return figures(start, during, recoveredMs)
  } finally {
    await service.close()
  }
}

function urlOf({ credentials }: FaultCell, { proxy }: FaultServers): string {
  return `redis://${credentials === undefined ? "" : `${credentials}@`}${proxy.host}:${proxy.port}`
}

/** The fault comes under load, or, where single callers are looked at, to a service at rest. */
async function breakUnderWay(cell: FaultCell, servers: FaultServers, service: Trickle): Promise<() => Promise<void>> {
  expect(await until(() => hasRecovered(service), { timeoutMs: 15_000, everyMs: 10 })).toBe(true)
  if (cell.probe === undefined) {
    service.start()
    await service.report(cell.load === undefined ? reads.calm : 2)
  }
  service.forgetEvents()
  const heal = await cell.break(servers)
  await cell.probe?.({ ...servers, service })
  return heal
}

/** The users' reads, while `health()` and the events must come to name the trouble. */
async function duringFault(cell: FaultCell, service: Trickle): Promise<TrickleReport> {
  const patience = { timeoutMs: 5000, everyMs: 20 } as const
  expect(await until(() => isReported(cell, service), patience), "an event tells of it").toBe(true)
  const healthSays = until(() => isInHealth(cell, service), patience)
  // What was under way may still have been answered.
  if (cell.delivers === "none") await service.report(reads.start)
  const before = hitsOf(service)
  const report = await service.report(cell.load?.reads ?? reads.fault)
  if (cell.delivers === "none") expect(hitsOf(service)).toBe(before)
  expect(await healthSays, "health() tells of it").toBe(true)
  return report
}

function isReported({ event, delivers }: FaultCell, { members }: Trickle): boolean {
  if (event === undefined) return true
  const told = members.map(({ events }) => events.some(event))
  return delivers === "none" ? told.every(Boolean) : told.some(Boolean)
}

async function isInHealth({ health }: FaultCell, { members }: Trickle): Promise<boolean> {
  if (health === undefined) return true
  const states = await Promise.all(members.map(({ holdfast }) => holdfast.health()))
  return states.every(({ reasons }) => reasons.some((reason) => health.test(reason)))
}

function hitsOf({ members }: Trickle): number {
  return members.reduce((sum, { cache }) => sum + cache.stats().hits, 0)
}

async function recovery(cell: FaultCell, service: Trickle, heal: () => Promise<void>): Promise<number> {
  await heal()
  const healedMs = performance.now()
  const recovered = await until(() => hasRecovered(service), { timeoutMs: 2 * cell.recoveryMs, everyMs: 5 })
  expect(recovered, "it has recovered").toBe(true)
  return performance.now() - healedMs
}

/** Whether in every process the store answers reads and waits for nothing. */
async function hasRecovered(service: Trickle): Promise<boolean> {
  const each = service.members.map(async ({ cache, holdfast, events }) => {
    await cache.get("k0")
    const read = events.findLast((event) => event.name === "read" && event.key.endsWith(":k0}"))
    const { undelivered, status } = await holdfast.health()
    return read?.name === "read" && read.outcome === "hit" && undelivered === 0 && status !== "down"
  })
  return (await Promise.all(each)).every(Boolean)
}

function expectTruth(cell: FaultCell, during: TrickleReport, reports: readonly TrickleReport[]): void {
  expect(reports.flatMap(({ errors }) => errors)).toEqual([])
  expect(reports.flatMap(({ stale }) => stale)).toEqual([])
  const stallMs = Math.max(...reports.map((report) => report.stallMs))
  // A look, a lease, a fill and a load, each at its worst, and some time for a busy machine.
  const boundMs = 4 * ((cell.load?.commandTimeoutMs ?? 250) + loadMs + stallMs) + 1000
  const longestMs = Math.max(...reports.flatMap(({ readMs }) => readMs))
  expect(longestMs).toBeLessThan(boundMs + waitMs * (cell.orphansLeases === true ? 2 : 1))
  expect(during.writes).toBeGreaterThan(0)
  if (cell.delivers === "all") expect(during.undelivered).toBe(0)
  if (cell.delivers === "none") expect(during.undelivered).toBe(during.writes)
}

function figures(start: TrickleReport, during: TrickleReport, recoveredMs: number): FaultFigures {
  const readMs = [...start.readMs, ...during.readMs].toSorted((a, b) => a - b)
  return {
    p99Ms: readMs[Math.floor((readMs.length - 1) * 0.99)] ?? 0,
    maxMs: readMs.at(-1) ?? 0,
    recoveredMs,
    writes: start.writes + during.writes,
    undelivered: start.undelivered + during.undelivered,
  }
}
