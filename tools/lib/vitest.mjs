import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { cache } from "./paths.mjs"
import { runTool } from "./run.mjs"

/**
 * @typedef {object} TestCounts
 * @property {number} passed
 * @property {number} failed Tests, broken files, unhandled errors and skips without a reason.
 * @property {{ name: string, reason?: string }[]} skipped
 * @property {string[]} figures What the tests printed of what they measured.
 * @property {import("./conformance-table.mjs").Conformance} [conformance]
 */

/** Where only failures will be shown: no list of what passed. */
const brief = ["--reporter=dot", "--reporter=./tools/lib/vitest-reporter.mjs"]

/** @param {boolean} stream */
const colours = (stream) => (stream && process.stdout.isTTY ? {} : { NO_COLOR: "1", FORCE_COLOR: undefined })

/**
 * Runs vitest projects once and reads what they counted.
 *
 * @param {readonly string[]} projects
 * @param {{ stream?: boolean, env?: Record<string, string>, args?: readonly string[] }} [options]
 * @returns {Promise<{ code: number, output: string, counts: TestCounts }>}
 */
export async function runVitest(projects, { stream = false, env = {}, args = [] } = {}) {
  const reportFile = join(cache, `tests-${projects.join("-")}.json`)
  mkdirSync(cache, { recursive: true })
  rmSync(reportFile, { force: true })
  const chosen = projects.flatMap((project) => ["--project", project])
  const { code, output } = await runTool(
    "vitest",
    ["run", "--allowOnly=false", ...(stream ? [] : brief), ...chosen, ...args],
    {
      stream,
      env: { ...env, ...colours(stream), HOLDFAST_TEST_REPORT: reportFile },
    },
  )
  const counts = existsSync(reportFile)
    ? JSON.parse(readFileSync(reportFile, "utf8"))
    : { passed: 0, failed: 1, skipped: [], figures: [] }
  if (code !== 0 && counts.failed === 0) counts.failed = 1
  return { code, output, counts }
}
