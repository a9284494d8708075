// npm run sim: random histories of the real library in a simulated world. See docs/guide/simulation.md.
import { availableParallelism } from "node:os"
import { parseArgs } from "node:util"
import { huntHead, huntLine, huntMutants } from "./lib/mutants.mjs"
import { bundleSimulation, commit, loadSimulation, runOnWorkers } from "./lib/simulation.mjs"

const help = `npm run sim -- [options]

  --seed N        first seed (default 1)
  --histories M   how many, one for each seed (default 1000)
  --mix NAME      what may go wrong; several by commas, or "every" (default all); "list" shows them
  --workers N     threads (default ${availableParallelism()}, one for each core)
  --mutants       breaks one rule after the other instead: every mutant must be found; see docs/guide/simulation.md
  --only NAME     with --mutants: those whose name or rule contains this; several by commas
  --naive         runs a plain cache-aside instead of the library, which must go wrong
  --story         tells the history of --seed; if it goes wrong, what is left of it after shrinking
  --whole         with --story: tells all of it, unshrunk
  --bad N         ends after this many histories that went wrong (default 10)
  --json          prints one JSON object instead of text
  --help          this text

Exit code: 0 nothing went wrong, 1 something did, 2 wrong usage.`

/** @typedef {import("../tests/simulation/main.ts").BatchReport} BatchReport */

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
const bundle = await bundleSimulation()
const simulation = await loadSimulation(bundle)
const mixes = options.mix === "every" ? simulation.mixes.map(({ name }) => name) : options.mix.split(",")
if (options.mix === "list") {
  console.log(simulation.mixes.map(({ name }) => name).join("\n"))
  process.exit(0)
}
try {
  for (const name of mixes) simulation.mixNamed(name)
} catch (error) {
  usage(error instanceof Error ? error.message : String(error))
}
process.exitCode = (options.mutants ? await killAll() : options.story ? await tell() : await runAll()) ? 0 : 1

async function killAll() {
  const only = options.only.split(",")
  const isMeant = (/** @type {{ name: string, rule: string }} */ { name, rule }) =>
    only.some((part) => name.includes(part) || rule === part)
  const mutants = simulation.mutants.filter(isMeant)
  if (mutants.length === 0) usage(`--only ${options.only}: there is no such mutant`)
  const { seed, workers, json } = options
  if (!json) console.log(huntHead)
  const hunts = await huntMutants(mutants, {
    seed,
    workers,
    ended: (hunt) => console.log(json ? JSON.stringify(hunt) : huntLine(hunt)),
  })
  const survivors = hunts.filter(({ killedBy }) => killedBy === undefined)
  if (!json) console.log(`\n${hunts.length - survivors.length} of ${hunts.length} mutants were found`)
  return survivors.length === 0
}

async function tell() {
  const { seed, naive: isNaive } = options
  const mix = /** @type {string} */ (mixes[seed % mixes.length])
  const { plan } = await simulation.shrink(seed, mix, { isNaive, triesMax: options.whole ? 1 : 600 })
  const { text, result } = await simulation.tellStory(plan, { isNaive, commit: commit() })
  console.log(options.json ? JSON.stringify({ story: text, violations: result.violations }) : text)
  return result.violations.length === 0
}

async function runAll() {
  const abort = new AbortController()
  const stop = () => abort.abort()
  process.once("SIGINT", stop)
  const startedAt = performance.now()
  const progress = process.stderr.isTTY ? showProgress : sayEveryMinute()
  const { seed, histories, workers, naive: isNaive, badMax } = options
  const reports = await runOnWorkers(
    bundle,
    { seed, histories, mixes, isNaive, badMax, workers },
    { signal: abort.signal, ...(!options.json && { progress }) },
  )
  process.off("SIGINT", stop)
  if (process.stderr.isTTY && !options.json) process.stderr.write("\r\x1b[K")
  return printReport(reports, (performance.now() - startedAt) / 1000)
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

/**
 * @param {readonly BatchReport[]} reports
 * @param {number} seconds
 */
function printReport(reports, seconds) {
  const table = new simulation.CoverageTable()
  for (const { coverage } of reports) table.merge(coverage)
  const bad = reports.flatMap((each) => each.bad).toSorted((a, b) => a.seed - b.seed)
  const figures = {
    seed: options.seed,
    mix: options.mix,
    commit: commit(),
    histories: sum(reports, "histories"),
    events: sum(reports, "events"),
    operations: sum(reports, "operations"),
    short: sum(reports, "short"),
    fewestEvents: Math.min(...reports.map(({ fewestEvents }) => fewestEvents)),
    seconds: Math.round(seconds * 10) / 10,
    historiesPerSecond: Math.round(sum(reports, "histories") / seconds),
    eventsPerSecond: Math.round(sum(reports, "events") / seconds),
    wentWrong: bad.length,
  }
  if (options.json) console.log(JSON.stringify({ ...figures, bad, coverage: table.data, unseen: table.unseen }))
  else print(figures, bad, table)
  return bad.length === 0
}

/**
 * @param {Record<string, string | number>} figures
 * @param {BatchReport["bad"]} bad
 * @param {{ print(): string, unseen: readonly string[] }} table
 */
function print(figures, bad, table) {
  console.log(table.print())
  if (table.unseen.length > 0) console.log(`never seen: ${table.unseen.join(", ")}`)
  console.log("")
  for (const { seed, mix, kinds, what } of bad) {
    console.log(`seed ${seed}, mix ${mix}: ${kinds.join(", ")}: ${what}`)
    console.log(`  npm run sim -- --seed ${seed} --mix ${mix}${options.naive ? " --naive" : ""} --story`)
  }
  const { histories, events, operations, fewestEvents, short, seconds, historiesPerSecond, eventsPerSecond } = figures
  console.log(
    `seeds from ${figures["seed"]}, mix ${figures["mix"]}, commit ${figures["commit"]}, ${options.workers} threads`,
  )
  const sizes = `at least ${fewestEvents} each, fewer than 200 in ${short} histories`
  console.log(`${histories} histories, ${events} events (${sizes}), ${operations} operations`)
  console.log(`${seconds} s: ${historiesPerSecond} histories/s, ${eventsPerSecond} events/s`)
  console.log(`${figures["wentWrong"]} histories went wrong`)
}

/**
 * @param {readonly BatchReport[]} reports
 * @param {"histories" | "events" | "operations" | "short"} field
 */
function sum(reports, field) {
  return reports.reduce((total, report) => total + report[field], 0)
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        seed: { type: "string", default: "1" },
        histories: { type: "string", default: "1000" },
        mix: { type: "string", default: "all" },
        workers: { type: "string", default: String(availableParallelism()) },
        bad: { type: "string", default: "10" },
        mutants: { type: "boolean", default: false },
        only: { type: "string", default: "" },
        naive: { type: "boolean", default: false },
        story: { type: "boolean", default: false },
        whole: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    })
    const { seed, histories, workers, bad, ...rest } = values
    return {
      ...rest,
      seed: wholeNumber("seed", seed, 0),
      histories: wholeNumber("histories", histories, 1),
      workers: wholeNumber("workers", workers, 1),
      badMax: wholeNumber("bad", bad, 1),
    }
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error))
  }
}

/**
 * @param {string} name
 * @param {string} text
 * @param {number} least
 */
function wholeNumber(name, text, least) {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < least) throw new Error(`--${name} takes a whole number from ${least}`)
  return number
}

/**
 * @param {string} message
 * @returns {never}
 */
function usage(message) {
  console.error(`${message}\n\n${help}`)
  process.exit(2)
}
