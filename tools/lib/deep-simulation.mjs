import { runNpm } from "./run.mjs"

/** What the deep run has of the simulator, besides the tests: every fault in each history, and each mix of faults in turn. */
const jobs = [
  ["--histories", "1000000"],
  ["--histories", "100000", "--mix", "every"],
]

/**
 * @typedef {object} SimulationRun
 * @property {string} command
 * @property {boolean} isGood Nothing went wrong.
 * @property {string} output
 */

/**
 * Runs the simulator at its full length, on all cores.
 *
 * @returns {Promise<readonly SimulationRun[]>}
 */
export async function runDeepSimulation() {
  const runs = []
  for (const args of jobs) {
    const command = `npm run sim -- ${args.join(" ")}`
    console.log(`\n${command}\n`)
    const { code, output } = await runNpm(["run", "--silent", "sim", "--", ...args], { stream: "stderr" })
    console.log(output)
    runs.push({ command, isGood: code === 0, output })
  }
  return runs
}
