// npm run sim: random histories of the real library in a simulated world. See docs/guide/simulation.md.
import { availableParallelism } from "node:os"
import { presentCommit } from "./lib/git.mjs"
import { bundleMutant, removeLeftBundles, removeOwnBundles } from "./lib/mutant-bundles.mjs"
import { huntHead, huntLine, huntMutants } from "./lib/mutants.mjs"
import { readSimOptions, simHelp } from "./lib/sim-options.mjs"
import { simFigures, simText } from "./lib/sim-report.mjs"
import { bundleSimulation, loadSimulation, runOnWorkers } from "./lib/simulation.mjs"

const help = simHelp(availableParallelism())

/** What a shell gives a process that Ctrl-C ended. */
const interruptedCode = 130

/** Where npm hands Ctrl-C on, it comes twice; somebody who presses it again is slower. */
const twiceMs = 500

// Whoever reads only the beginning, as `head` does, has seen enough. The code is what a shell gives a process that SIGPIPE ended.
const brokenPipe = 141
process.stdout.on("error", (/** @type {NodeJS.ErrnoException} */ error) => {
  if (error.code === "EPIPE") process.exit(brokenPipe)
  throw error
})

const options = readOptions()
if (options.help) {
  console.log(help)
  process.exit(0)
}
removeLeftBundles()
process.once("exit", removeOwnBundles)
const bundle = await bundleSimulation()
const simulation = await loadSimulation(bundle)
const mixes = options.mix === "every" ? simulation.mixes.map(({ name }) => name) : options.mix.split(",")
if (options.mix === "list") {
  console.log(simulation.mixes.map(({ name, what }) => `${name.padEnd(20)}${what}`).join("\n"))
  console.log(`and each fault: ${simulation.faultClasses.join(", ")}`)
  process.exit(0)
}
try {
  for (const name of mixes) simulation.mixNamed(name)
} catch (error) {
  usage(error instanceof Error ? error.message : String(error))
}
process.exitCode = options.mutants ? await killAll() : options.story ? await tell() : await runAll()

/** Answers the exit code, as the others do. */
async function killAll() {
  const { seed, workers, json, story, only } = options
  const mutants = simulation.mutants.filter(isMeant)
  if (mutants.length === 0) usage(`--only ${only}: there is no such mutant`)
  if (story && mutants.length > 1)
    usage(`--mutants --story tells of one mutant, and there are ${mutants.length}: name one with --only`)
  if (!json) console.log(huntHead)
  const { value: hunts, isInterrupted } = await untilInterrupted((signal) =>
    huntMutants(mutants, {
      seed,
      workers,
      signal,
      ended: (hunt) => console.log(json ? JSON.stringify(hunt) : huntLine(hunt)),
    }),
  )
  const survivors = hunts.filter(({ killedBy }) => killedBy === undefined)
  if (!json) console.log(`\n${hunts.length - survivors.length} of ${hunts.length} mutants were found`)
  if (isInterrupted && hunts.length < mutants.length) {
    // In the JSON it would be in the way.
    const say = json ? console.error : console.log
    say(`interrupted after ${hunts.length} of ${mutants.length} mutants`)
    return interruptedCode
  }
  if (story) await tellHunt(/** @type {import("./lib/mutants.mjs").Hunt} */ (hunts[0]))
  return survivors.length === 0 ? 0 : 1
}

/**
 * A whole name means that mutant alone, though others may contain it.
 *
 * @param {{ name: string, rule: string }} mutant
 */
function isMeant({ name, rule }) {
  const isName = (/** @type {string} */ part) => simulation.mutants.some((mutant) => mutant.name === part)
  return options.only
    .split(",")
    .some((part) => name === part || (!isName(part) && (name.includes(part) || rule === part)))
}

/**
 * The history that found a mutant, told by the simulator that has it.
 *
 * @param {import("./lib/mutants.mjs").Hunt} hunt
 */
async function tellHunt({ mutant, histories, killedBy }) {
  if (killedBy === undefined) return
  if (killedBy === "never-ends" || killedBy === "crash") {
    console.error("there is no story: the history that found it did not come to its end")
    return
  }
  const mutated = await loadSimulation(await bundleMutant(mutant))
  if (!options.json) console.log("")
  await tell(mutated, options.seed + histories - 1, mutant.mix.split(","))
}

async function tell(told = simulation, seed = options.seed, names = mixes) {
  const { naive: isNaive } = options
  const mix = /** @type {string} */ (names[seed % names.length])
  const { plan } = await told.shrink(seed, mix, { isNaive, triesMax: options.whole ? 1 : 600 })
  const { text, result } = await told.tellStory(plan, { isNaive, commit: presentCommit() })
  console.log(options.json ? JSON.stringify({ story: text, violations: result.violations }) : text)
  return result.violations.length === 0 ? 0 : 1
}

async function runAll() {
  const startedAt = performance.now()
  const progress = process.stderr.isTTY ? showProgress : sayEveryMinute()
  const { seed, mix, histories, workers, naive: isNaive, badMax, json } = options
  const { value: reports, isInterrupted } = await untilInterrupted((signal) =>
    runOnWorkers(bundle, { seed, histories, mixes, isNaive, badMax, workers }, { signal, ...(!json && { progress }) }),
  )
  if (process.stderr.isTTY && !json) process.stderr.write("\r\x1b[K")
  const seconds = (performance.now() - startedAt) / 1000
  const run = { seed, mix, commit: presentCommit(), workers, isNaive, asked: histories, badMax, seconds }
  const result = simFigures(reports, run, isInterrupted)
  const table = new simulation.CoverageTable()
  for (const { coverage } of reports) table.merge(coverage)
  if (json)
    console.log(
      JSON.stringify({
        ...result.figures,
        bad: result.bad,
        coverage: table.data,
        unseen: table.unseen,
      }),
    )
  else {
    console.log(table.print())
    if (table.unseen.length > 0) console.log(`never seen: ${table.unseen.join(", ")}`)
    console.log(`\n${simText(result, run)}`)
  }
  if (result.figures.ended === "interrupted") return interruptedCode
  return result.bad.length === 0 ? 0 : 1
}

/**
 * Runs something that the first Ctrl-C asks to end; a second one ends the process.
 *
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} run
 */
async function untilInterrupted(run) {
  const abort = new AbortController()
  const { signal } = abort
  let firstAt = 0
  const stop = () => {
    if (signal.aborted && performance.now() - firstAt > twiceMs) process.exit(interruptedCode)
    if (!signal.aborted) firstAt = performance.now()
    abort.abort()
  }
  process.on("SIGINT", stop)
  const value = await run(signal)
  // After an interruption nothing follows but its report, which the second signal must not cut off.
  if (!signal.aborted) process.off("SIGINT", stop)
  return { value, isInterrupted: signal.aborted }
}

/**
 * @param {number} done
 * @param {number} bad
 */
function showProgress(done, bad) {
  process.stderr.write(`\r${progressText(done, bad)}`)
}

/** Where nobody looks on, a line now and then shows that the run is alive. */
function sayEveryMinute() {
  let saidAt = performance.now()
  return (/** @type {number} */ done, /** @type {number} */ bad) => {
    if (performance.now() - saidAt < 60_000) return
    saidAt = performance.now()
    console.error(progressText(done, bad))
  }
}

/**
 * @param {number} done
 * @param {number} bad
 */
function progressText(done, bad) {
  return `${done} of ${options.histories} histories, ${bad} went wrong`
}

function readOptions() {
  try {
    return readSimOptions(process.argv.slice(2), availableParallelism())
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error))
  }
}

/**
 * @param {string} message
 * @returns {never}
 */
function usage(message) {
  console.error(`${message}\n\n${help}`)
  process.exit(2)
}
