// npm test: set-up, then everything `npm run check` does, then the tests against real servers.
// `npm run test:deep` is the same with the long versions of the tests, and a million histories of the simulator;
// `npm run test:deep -- --part real` is one part of it: check, real or simulation; with the names of files these alone, which the report
// shows beside the whole. The last line is the sum over all test runs.
import { parseArgs } from "node:util"
import { runSteps, steps } from "./check.mjs"
import { conformanceLines } from "./lib/conformance-table.mjs"
import { loadParts, machine, partNames, savePart, saveRunAgain } from "./lib/deep-parts.mjs"
import { writeDeepReport } from "./lib/deep-report.mjs"
import { runDeepSimulation } from "./lib/deep-simulation.mjs"
import { presentCommit } from "./lib/git.mjs"
import { runVitest } from "./lib/vitest.mjs"
import { setup } from "./setup.mjs"

/** @typedef {Omit<import("./lib/deep-parts.mjs").DeepPart, "part" | "when" | "minutes" | "commit" | "machine">} Outcome */
/** @typedef {readonly import("./lib/deep-simulation.mjs").SimulationRun[]} SimulationRuns */

const { deep, part, filters } = given()
if (deep) process.env["HOLDFAST_DEEP"] = "1"

try {
  await setup("test")
} catch (error) {
  console.log(`set-up: ${error instanceof Error ? error.message : String(error)}\n\n0 passed, 1 failed`)
  process.exit(1)
}

const isWhole = filters.length === 0
const usual = isWhole ? partNames.filter((each) => deep || each !== "simulation") : /** @type {const} */ (["real"])
const outcomes = []
for (const each of part === undefined ? usual : [part]) {
  const [startedAt, commit] = [Date.now(), presentCommit()]
  const outcome = await { check: runChecks, real: runReal, simulation: () => runSimulation(startedAt, commit) }[each]()
  outcomes.push(outcome)
  if (deep && isWhole) await savePart({ part: each, ...outcome }, startedAt, commit)
  else if (part !== undefined) saveRunAgain(part, filters, outcome, startedAt, commit)
}
if (deep && (isWhole || part !== undefined)) writeDeepReport()
for (const line of outcomes.flatMap(({ skipped }) => skipped)) console.log(`skipped: ${line}`)
const table = outcomes.flatMap(({ conformance }) => conformance)
if (table.length > 0) console.log(["", "conformance, by client and topology:", "", ...table, ""].join("\n"))
const failed = sum(outcomes.map((outcome) => outcome.failed))
console.log(`\n${sum(outcomes.map(({ passed }) => passed))} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0

/** @returns {Promise<Outcome>} */
async function runChecks() {
  const checks = await runSteps(steps)
  const counted = checks.flatMap(({ counts }) => counts ?? [])
  const failedSteps = checks.filter(({ status, counts }) => status === "failed" && counts === undefined).length
  if (failedSteps > 0) console.log(`${failedSteps} of the failures are steps of the check, see above`)
  const outcome = outcomeOf(counted)
  return { ...outcome, failed: outcome.failed + failedSteps }
}

/** @returns {Promise<Outcome>} */
async function runReal() {
  console.log("\ntests against real servers")
  const { counts } = await runVitest(["real"], { stream: true, args: filters })
  return { ...outcomeOf([counts]), conformance: conformanceLines(counts.conformance) }
}

/**
 * Hours long, so what has ended is saved at once.
 *
 * @param {number} startedAt
 * @param {string} commit
 * @returns {Promise<Outcome>}
 */
async function runSimulation(startedAt, commit) {
  const before = loadParts().flatMap(({ simulations }) => simulations)
  const ended = (/** @type {SimulationRuns} */ runs) =>
    savePart({ part: "simulation", ...outcomeOfSimulation(runs) }, startedAt, commit)
  return outcomeOfSimulation(await runDeepSimulation({ before, commit, machine: await machine(), ended }))
}

/**
 * @param {SimulationRuns} simulations
 * @returns {Outcome}
 */
function outcomeOfSimulation(simulations) {
  const failed = simulations.filter(({ isGood }) => !isGood).length
  return { ...outcomeOf([]), simulations, passed: simulations.length - failed, failed }
}

/**
 * @param {readonly import("./lib/vitest.mjs").TestCounts[]} counted
 * @returns {Outcome}
 */
function outcomeOf(counted) {
  return {
    passed: sum(counted.map((counts) => counts.passed)),
    failed: sum(counted.map((counts) => counts.failed)),
    skipped: counted.flatMap((counts) =>
      counts.skipped.map(({ name, reason }) => `${name}: ${reason ?? "NO REASON GIVEN"}`),
    ),
    figures: counted.flatMap(({ figures }) => figures),
    conformance: [],
    simulations: [],
  }
}

/** @param {readonly number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0)
}

function given() {
  const options = /** @type {const} */ ({ deep: { type: "boolean", default: false }, part: { type: "string" } })
  const { values, tokens } = parseArgs({ options, strict: false, allowPositionals: true, tokens: true })
  const known = partNames.find((each) => each === values.part)
  if (values.part !== undefined && (known === undefined || values.deep !== true)) {
    console.error(`--part is for test:deep, and takes one of ${partNames.join(", ")}`)
    process.exit(2)
  }
  const own = new Set(
    tokens.filter((token) => token.kind === "option" && token.name in options).map(({ index }) => index),
  )
  const ofPart = tokens.filter((token) => token.kind === "option" && token.name === "part" && !token.inlineValue)
  for (const { index } of ofPart) own.add(index + 1)
  const filters = process.argv.slice(2).filter((_arg, at) => !own.has(at))
  if (filters.length > 0 && known !== undefined && known !== "real") {
    console.error(`files can be named for --part real only, not for --part ${known}`)
    process.exit(2)
  }
  return { deep: values.deep === true, part: known, filters }
}
