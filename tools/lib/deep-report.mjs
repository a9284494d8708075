import { execFileSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { cpus } from "node:os"
import { pathToFileURL } from "node:url"
import { inRoot } from "./paths.mjs"

/**
 * Writes docs/reports/deep.md: what the last full run of the long tests counted and measured, and on what.
 *
 * @param {{ passed: number, failed: number, startedAt: number, counted: readonly import("./vitest.mjs").TestCounts[], table: readonly string[], simulations: readonly import("./deep-simulation.mjs").SimulationRun[] }} run
 */
export async function writeDeepReport({ passed, failed, startedAt, counted, table, simulations }) {
  const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1)
  const skipped = counted.flatMap((counts) => counts.skipped.map(({ name, reason }) => `${name}: ${reason}`))
  const lines = [
    "# The last deep run",
    "",
    "Written by `npm run test:deep`. Figures are what the tests printed; a bound is proved on the virtual clock, not here.",
    "",
    `- when: ${new Date(startedAt).toISOString().slice(0, 16).replace("T", " ")} UTC, ${minutes} minutes`,
    `- commit: ${commit()}`,
    `- on: Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${await serverVersion()}`,
    `- result: ${passed} passed, ${failed} failed, ${skipped.length} skipped`,
    "",
    "## Simulation",
    "",
    ...simulations.flatMap(({ command, output }) => ["```text", `$ ${command}`, "", output, "```", ""]),
    "## Figures",
    "",
    ...list(counted.flatMap(({ figures }) => figures)),
    "",
    "## Conformance",
    "",
    "Cases of the store suite and of the client suite, by client and topology.",
    "",
    ...table.map((line) => line.replace(/^\[(\d+)\] /, "$1. ")),
    "",
    "## Skipped",
    "",
    ...list(skipped),
  ]
  mkdirSync(inRoot("docs", "reports"), { recursive: true })
  writeFileSync(inRoot("docs", "reports", "deep.md"), `${lines.join("\n")}\n`)
}

/** @param {readonly string[]} lines */
function list(lines) {
  return lines.length === 0 ? ["none"] : lines.map((line) => `- ${line}`)
}

function commit() {
  const git = (/** @type {string[]} */ ...args) => execFileSync("git", args, { cwd: inRoot(), encoding: "utf8" }).trim()
  return `${git("rev-parse", "--short", "HEAD")}${git("status", "--porcelain") === "" ? "" : ", with changes"}`
}

/** Of the server that the tests have just used: they find it through the same package. */
async function serverVersion() {
  const { findRedis } = await import(pathToFileURL(inRoot("tests", "servers", "dist", "servers.js")).href)
  const found = findRedis()
  return found === undefined ? "server not found" : `${found.engine} ${found.version}`
}
