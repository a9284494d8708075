import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { Worker } from "node:worker_threads"
import { build } from "esbuild"
import { mutationPlugin } from "./mutation.mjs"
import { cache, inRoot } from "./paths.mjs"

/** @typedef {import("../../tests/simulation/main.ts").BatchReport} BatchReport */
/** @typedef {Omit<import("../../tests/simulation/main.ts").BatchOptions, "step">} Request */

export const bundleFolder = join(cache, "simulation")

/**
 * Bundles the simulator with the library's sources, with some of their lines replaced if need be. Answers the bundle's path.
 *
 * @param {readonly import("./mutation.mjs").Edit[]} edits
 * @param {string} name Of the bundle; bundles of different edits must have different names.
 */
export async function bundleSimulation(edits = [], name = "simulation") {
  const outfile = join(bundleFolder, `${name}.mjs`)
  mkdirSync(bundleFolder, { recursive: true })
  const entries = inRoot("packages", "holdfast", "src", "exports")
  await build({
    entryPoints: [inRoot("tests", "simulation", "main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: "inline",
    logLevel: "silent",
    alias: { holdfast: join(entries, "index.ts"), "holdfast/testing": join(entries, "testing.ts") },
    plugins: [mutationPlugin(edits)],
    // luaparse is CommonJS and asks for nothing, but bundles of it carry a `require` of their own.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  })
  return outfile
}

/**
 * Loads a bundle into this thread.
 *
 * @param {string} bundle
 * @returns {Promise<typeof import("../../tests/simulation/main.ts")>}
 */
export const loadSimulation = (bundle) => import(pathToFileURL(bundle).href)

/**
 * Runs histories on worker threads, until `badMax` of them went wrong in all threads together.
 *
 * @param {string} bundle
 * @param {Request & { workers: number }} request
 * @param {{ progress?: (histories: number, bad: number) => void, signal?: AbortSignal }} [options]
 * @returns {Promise<BatchReport[]>} One report for each thread.
 */
export function runOnWorkers(bundle, { workers, ...request }, { progress, signal } = {}) {
  /** @type {(BatchReport | undefined)[]} */
  const latest = Array.from({ length: workers })
  const enough = new AbortController()
  const stop = signal === undefined ? enough.signal : AbortSignal.any([enough.signal, signal])
  const sum = () => {
    const reports = latest.flatMap((each) => each ?? [])
    const bad = reports.reduce((total, each) => total + each.bad.length, 0)
    if (bad >= request.badMax) enough.abort()
    const histories = reports.reduce((total, each) => total + each.histories, 0)
    progress?.(histories, bad)
  }
  const runs = latest.map((_, at) => {
    const histories = Math.floor((request.histories + workers - 1 - at) / workers)
    const share = {
      ...request,
      seed: request.seed + at,
      step: workers,
      histories,
    }
    return runOnWorker(bundle, share, stop, (report) => {
      latest[at] = report
      sum()
    })
  })
  return Promise.all(runs)
}

/**
 * @param {string} bundle
 * @param {import("../../tests/simulation/main.ts").BatchOptions} simulation
 * @param {AbortSignal} signal
 * @param {(report: BatchReport) => void} progress
 * @returns {Promise<BatchReport>}
 */
function runOnWorker(bundle, simulation, signal, progress) {
  return new Promise((resolve, reject) => {
    // Most of what a history makes is gone by its end: a larger nursery is cheaper than many small ones.
    const resourceLimits = { maxYoungGenerationSizeMb: 64 }
    const worker = new Worker(bundle, { workerData: { simulation }, resourceLimits })
    const stop = () => worker.postMessage("stop")
    signal.addEventListener("abort", stop)
    worker.on("message", ({ is, report }) => {
      progress(report)
      if (is === "done") resolve(report)
    })
    worker.on("error", reject)
    worker.on("exit", (code) => {
      signal.removeEventListener("abort", stop)
      reject(new Error(`a worker ended with code ${code} before it was done`))
    })
  })
}
