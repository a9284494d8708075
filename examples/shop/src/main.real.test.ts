import { spawn } from "node:child_process"
import { once } from "node:events"
import { readdirSync, readFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import type { RunReport } from "./report/run-report.ts"

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url))

interface RunOptions {
  /** Ends the shop as soon as this is on stderr. */
  readonly interruptAt?: RegExp
  readonly signal?: NodeJS.Signals
}

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Processes that the shop had started and that still run. */
  readonly left: readonly number[]
}

async function runShop(args: readonly string[], { interruptAt, signal = "SIGINT" }: RunOptions = {}): Promise<Ended> {
  const { REDIS_URL: _redis, DATABASE_URL: _database, ...env } = process.env
  const shop = spawn(process.execPath, [main, ...args], { env, stdio: ["ignore", "pipe", "pipe"] })
  let stdout = ""
  let stderr = ""
  let started: readonly number[] = []
  shop.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text))
  shop.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text
    started = childrenOf(shop.pid ?? 0)
    if (interruptAt?.test(stderr) === true && !shop.killed) shop.kill(signal)
  })
  const [code] = (await once(shop, "close")) as [number | null]
  return { code, stdout, stderr, left: await stillRunning(started) }
}

/** Pids of the children; none where there is no /proc. */
function childrenOf(parent: number): number[] {
  return allProcesses().flatMap(({ pid, ppid }) => (ppid === parent ? [pid] : []))
}

async function stillRunning(pids: readonly number[]): Promise<number[]> {
  for (let attempt = 0; ; attempt++) {
    const running = new Set(allProcesses().map(({ pid }) => pid))
    const left = pids.filter((pid) => running.has(pid))
    if (left.length === 0 || attempt === 20) return left
    await sleep(100)
  }
}

function allProcesses(): { pid: number; ppid: number }[] {
  if (process.platform !== "linux") return []
  return readdirSync("/proc").flatMap((pid) => {
    const [, state, ppid] = /\) (\S) (\d+)/.exec(statOf(pid)) ?? []
    return state === undefined || state === "Z" ? [] : [{ pid: Number(pid), ppid: Number(ppid) }]
  })
}

function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8")
  } catch {
    return ""
  }
}

test("one run serves everything, nothing stale, through the death of its Redis", { timeout: 240_000 }, async () => {
  const { code, stdout, stderr, left } = await runShop(["--once", "--json", "--seconds", "2", "--store", "redis"])
  const report = JSON.parse(stdout) as RunReport
  expect({ ...report.verdict, stderr }).toMatchObject({ ok: true, staleReads: 0, errors: 0 })
  expect(report.schemaVersion).toBe(1)
  expect(report.environment.database.version).toMatch(/^PostgreSQL 18/)
  expect(report.data).toMatchObject({ products: 50_000, users: 20_000 })
  expect(report.phases.map(({ name }) => name)).toEqual(["uncached", "cached", "outage"])
  for (const phase of report.phases) {
    expect(phase.requests).toBeGreaterThan(100)
    expect(phase.writes).toBeGreaterThan(0)
    expect(phase.checkedReads).toBeGreaterThan(0)
    expect(phase.strict.checkedReads).toBeGreaterThan(0)
    expect(phase.timeline.length).toBeGreaterThan(2)
  }
  expect(report.verdict.strict.staleReads).toBe(0)
  expect(report.phases.map(({ refusedByCache }) => refusedByCache > 0)).toEqual([false, false, true])
  const { near, store, source, nobody } = { ...report.phases[1]?.cache?.answeredBy }
  expect(near).toBeGreaterThan(0.1)
  expect((near ?? 0) + (store ?? 0) + (source ?? 0) + (nobody ?? 0)).toBeCloseTo(1, 9)
  expect(report.comparison.databaseQueriesSaved).toBeGreaterThan(0)
  expect(report.phases[2]?.events.map(({ what }) => what)).toEqual(["killed (SIGKILL)", "back, empty"])
  expect(code).toBe(0)
  expect(left).toEqual([])
})

test("without any server the shop runs on PGlite and in memory", { timeout: 240_000 }, async () => {
  const args = ["--once", "--json", "--seconds", "1", "--store", "memory", "--database", "pglite"]
  const { code, stdout, stderr } = await runShop(args)
  const report = JSON.parse(stdout) as RunReport
  expect({ ...report.verdict, stderr }).toMatchObject({ ok: true, staleReads: 0, errors: 0 })
  expect(report.environment.database.version).toMatch(/PGlite/)
  expect(report.outageSkipped).toContain("in-process")
  expect(code).toBe(0)
})

test("an option that does not exist is refused with exit code 2", async () => {
  const { code, stdout, stderr } = await runShop(["--onec"])
  expect(stderr).toContain("--onec is not a known option")
  expect(stdout).toBe("")
  expect(code).toBe(2)
})

test("a trace that is not there ends the shop with a message and exit code 1", async () => {
  const { code, stderr } = await runShop(["--trace", "no-such-file"])
  expect(stderr).toContain("no-such-file")
  expect(stderr).not.toContain("    at ")
  expect(code).toBe(1)
})

test.each([
  ["while the servers start", /database:/],
  ["while the load runs", /1 without a cache/],
])("Ctrl-C %s ends everything with exit code 130", { timeout: 120_000 }, async (_, interruptAt) => {
  const { code, left } = await runShop(["--seconds", "2"], { interruptAt })
  expect(code).toBe(130)
  expect(left).toEqual([])
})
