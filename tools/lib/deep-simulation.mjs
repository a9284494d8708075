import { sourcesOfSimulation } from "./deep-sources.mjs"
import { runNpm } from "./run.mjs"

const million = 1_000_000
/** So many histories are run at one time, so that a run that is ended loses no more. */
const atOnce = 100_000

/** What the deep run has of the simulator, besides the tests: every fault in each history, and each mix of faults in turn. */
const jobs = [
  ...Array.from({ length: million / atOnce }, (_none, at) => [
    "--histories",
    `${atOnce}`,
    "--seed",
    `${1 + at * atOnce}`,
  ]),
  ["--histories", `${atOnce}`, "--mix", "every"],
]

/** Of how many runs the whole consists. */
export const runsOfSimulation = jobs.length

/**
 * @typedef {object} SimulationRun
 * @property {string} command
 * @property {string | undefined} sources What was simulated: the same for the same library and simulator, undefined while they have changes.
 * @property {string} commit
 * @property {string} machine
 * @property {boolean} isGood Nothing went wrong.
 * @property {string} output
 */

/**
 * Runs the simulator at its full length, on all cores. What went well before with the same sources is not run again.
 *
 * @param {object} options
 * @param {readonly SimulationRun[]} options.before
 * @param {string} options.commit
 * @param {string} options.machine
 * @param {(runs: readonly SimulationRun[]) => Promise<void>} options.ended Hears of all that have ended so far, after each.
 * @returns {Promise<readonly SimulationRun[]>}
 */
export async function runDeepSimulation({ before, commit, machine, ended }) {
  const sources = sourcesOfSimulation()
  const runs = sources === undefined ? [] : before.filter((each) => each.isGood && each.sources === sources)
  for (const args of jobs) {
    const command = `npm run sim -- ${args.join(" ")}`
    if (runs.some((each) => each.command === command)) {
      console.log(`\n${command}: run before, with the same sources`)
      continue
    }
    console.log(`\n${command}\n`)
    const { code, output } = await runNpm(["run", "--silent", "sim", "--", ...args], { stream: "stderr" })
    console.log(output)
    runs.push({ command, sources, commit, machine, isGood: code === 0, output })
    await ended(runs)
  }
  return runs
}
