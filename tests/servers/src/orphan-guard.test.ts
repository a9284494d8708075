import { spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, test } from "vitest"
import { isRunning } from "./fixtures/is-running.ts"
import { until } from "./until.ts"

const PARENT = fileURLToPath(new URL("./fixtures/parent.ts", import.meta.url))
const GONE_MS = 10_000

let temp: string
beforeAll(() => {
  temp = mkdtempSync(join(tmpdir(), "holdfast-orphans-"))
  // As root, PostgreSQL runs as another user, who must get through.
  chmodSync(temp, 0o755)
})
afterAll(() => rmSync(temp, { recursive: true, force: true }))

/** Runs a parent of a Redis, a PostgreSQL and a worker until it has ended, and returns their pids. */
async function runParent(how: string, state: string): Promise<number[]> {
  const args = ["--import", "tsx", PARENT, how, state]
  const parent = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, TMPDIR: temp },
  })
  const ended = once(parent, "exit")
  let said = ""
  for await (const chunk of parent.stdout) {
    said += String(chunk)
    if (said.includes("\n")) break
  }
  if (how.startsWith("SIG")) parent.kill(how as NodeJS.Signals)
  await ended
  return (JSON.parse(said) as { pids: number[] }).pids
}

const ENDS = [
  ["SIGTERM", "running"],
  ["SIGINT", "running"],
  ["SIGKILL", "frozen"],
  ["exit", "running"],
  ["throw", "frozen"],
] as const

test.for(ENDS)("nothing is left when the parent ends by %s with its children %s", async ([how, state]) => {
  const pids = await runParent(how, state)
  expect(pids).toHaveLength(3)
  await until(() => pids.every((pid) => !isRunning(pid)) && folders().length === 0, { timeoutMs: GONE_MS })
  expect(pids.filter(isRunning)).toEqual([])
  expect(folders()).toEqual([])
})

// The copy of PostgreSQL's programs stays on purpose.
function folders(): string[] {
  return readdirSync(temp).filter((name) => /^holdfast-(redis|postgres-data)-/.test(name))
}
