// npm test: set-up, then everything `npm run check` does, then the tests against real servers.
// `npm run test:deep` is the same with the long versions of the tests, and a million histories of the simulator. The last line is the sum over all test runs.
import { runSteps, steps } from "./check.mjs"
import { conformanceLines } from "./lib/conformance-table.mjs"
import { writeDeepReport } from "./lib/deep-report.mjs"
import { runDeepSimulation } from "./lib/deep-simulation.mjs"
import { runVitest } from "./lib/vitest.mjs"
import { setup } from "./setup.mjs"

const deep = process.argv.includes("--deep")
const filters = process.argv.slice(2).filter((arg) => arg !== "--deep")
const startedAt = Date.now()
if (deep) process.env["HOLDFAST_DEEP"] = "1"

try {
  await setup("test")
} catch (error) {
  console.log(`set-up: ${error instanceof Error ? error.message : String(error)}\n\n0 passed, 1 failed`)
  process.exit(1)
}
const isWhole = filters.length === 0
const checks = isWhole ? await runSteps(steps) : []

console.log("\ntests against real servers")
const real = await runVitest(["real"], { stream: true, args: filters })

const simulations = deep && isWhole ? await runDeepSimulation() : []

const counted = [...checks.flatMap(({ counts }) => counts ?? []), real.counts]
const failedSteps = checks.filter(({ status, counts }) => status === "failed" && counts === undefined).length
const badSimulations = simulations.filter(({ isGood }) => !isGood).length
const failed = sum(counted.map((counts) => counts.failed)) + failedSteps + badSimulations
for (const { name, reason } of counted.flatMap(({ skipped }) => skipped))
  console.log(`skipped: ${name}: ${reason ?? "NO REASON GIVEN"}`)
const table = conformanceLines(real.counts.conformance)
if (table.length > 0) console.log(["", "conformance, by client and topology:", "", ...table, ""].join("\n"))
const passed = sum(counted.map((counts) => counts.passed)) + simulations.length - badSimulations
if (deep && isWhole) await writeDeepReport({ passed, failed, counted, table, simulations, startedAt })
if (failedSteps > 0) console.log(`${failedSteps} of the failures are steps of the check, see above`)
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0

/** @param {readonly number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0)
}
