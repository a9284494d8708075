import { rm } from "node:fs/promises"
import { setTimeout as pause } from "node:timers/promises"
import { Worker } from "node:worker_threads"
import { bundleMutant } from "./mutant-bundles.mjs"

/** @typedef {import("../../tests/simulation/main.ts").BatchReport} BatchReport */
/** @typedef {import("../../tests/simulation/mutants/mutant.ts").Mutant} Mutant */

/**
 * What became of a mutant: the number of the history that killed it and what it saw, or that all went well.
 *
 * @typedef {{ mutant: Mutant, histories: number, killedBy: string | undefined, what: string, seconds: number }} Hunt
 */

/** A mutant that lets a history run for ever is dead too. */
const silenceMs = 60_000

/**
 * Runs histories with each mutant until one goes wrong, several mutants at a time.
 *
 * @param {readonly Mutant[]} mutants
 * @param {{ workers: number, seed: number, mix?: string | undefined, within?: number | undefined, signal?: AbortSignal, ended: (hunt: Hunt) => void }} options
 * `mix` and `within` are used instead of those that the mutants name.
 * @returns {Promise<Hunt[]>} In the order of the mutants; after an abort, of those that were hunted to the end.
 */
export async function huntMutants(mutants, { workers, ended, ...options }) {
  /** @type {Hunt[]} */
  const hunts = []
  const { signal } = options
  let next = 0
  const hunter = async () => {
    for (;;) {
      const at = next++
      const mutant = mutants[at]
      if (mutant === undefined || signal?.aborted) return
      const hunt = await huntMutant(mutant, options)
      if (hunt === undefined) return
      hunts[at] = hunt
      ended(hunt)
    }
  }
  await Promise.all(Array.from({ length: workers }, hunter))
  return hunts.filter((hunt) => hunt !== undefined)
}

/**
 * @param {Mutant} mutant
 * @param {{ seed: number, mix?: string | undefined, within?: number | undefined, signal?: AbortSignal }} options
 * @returns {Promise<Hunt | undefined>} Nothing after an abort.
 */
async function huntMutant(mutant, { seed, mix = mutant.mix, within = mutant.within, signal }) {
  const startedAt = performance.now()
  const bundle = await bundleUnlessAborted(mutant, signal)
  if (bundle === undefined) return undefined
  const request = { seed, histories: within, step: 1, mixes: mix.split(","), isNaive: false, badMax: 1 }
  const end = await runAlone(bundle, request, signal)
  await rm(bundle, { force: true })
  if (end === undefined) return undefined
  return { mutant, ...end, seconds: (performance.now() - startedAt) / 1000 }
}

/**
 * Ctrl-C ends the bundler's process, too, and its failure may be heard of before the Ctrl-C.
 *
 * @param {Mutant} mutant
 * @param {AbortSignal | undefined} signal
 */
async function bundleUnlessAborted(mutant, signal) {
  try {
    return await bundleMutant(mutant)
  } catch (error) {
    if (signal !== undefined) await pause(200)
    if (signal?.aborted) return undefined
    throw error
  }
}

/**
 * Runs histories on a thread of their own, which is ended if it makes no progress.
 *
 * @param {string} bundle
 * @param {import("../../tests/simulation/main.ts").BatchOptions} simulation
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<Pick<Hunt, "histories" | "killedBy" | "what"> | undefined>} Nothing after an abort.
 */
function runAlone(bundle, simulation, signal) {
  return new Promise((resolve) => {
    const worker = new Worker(bundle, { workerData: { simulation }, stdout: true, stderr: true })
    let histories = 0
    /** @type {NodeJS.Timeout} */
    let timer
    /** @param {Pick<Hunt, "histories" | "killedBy" | "what"> | undefined} outcome */
    const settle = (outcome) => {
      clearTimeout(timer)
      signal?.removeEventListener("abort", giveUp)
      resolve(outcome)
      void worker.terminate()
    }
    const giveUp = () => settle(undefined)
    /** @param {string | undefined} killedBy @param {string} what */
    const end = (killedBy, what) => settle({ histories, killedBy, what })
    const wait = () => {
      clearTimeout(timer)
      timer = setTimeout(() => end("never-ends", "a history does not end"), silenceMs)
    }
    worker.on("message", (/** @type {{ is: string, report: BatchReport }} */ { is, report }) => {
      wait()
      histories = report.histories
      const bad = report.bad[0]
      if (is === "done") end(bad?.kinds.join("+"), bad?.what ?? "")
    })
    worker.on("error", (error) => end("crash", String(error)))
    worker.on("exit", () => end("crash", "the thread ended before it was done"))
    signal?.addEventListener("abort", giveUp)
    if (signal?.aborted) giveUp()
    else wait()
  })
}

const columns = /** @param {readonly string[]} cells */ ([name = "", rule = "", at = "", by = ""]) =>
  `${name.padEnd(42)} ${rule.padEnd(11)} ${at.padStart(7)} ${by}`.trimEnd()

export const huntHead = columns(["mutant", "rule", "history", "found by"])

/** @param {Hunt} hunt */
export const huntLine = ({ mutant: { name, rule }, histories, killedBy }) =>
  columns([name, rule, String(histories), killedBy ?? "NOT FOUND"])
