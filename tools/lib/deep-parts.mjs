import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { cpus } from "node:os"
import { pathToFileURL } from "node:url"
import { inRoot } from "./paths.mjs"

/** Of what a deep run consists, in its order. Each can be run by itself, and is worth as much on the same commit. */
export const partNames = /** @type {const} */ (["check", "real", "simulation"])

/** @typedef {typeof partNames[number]} PartName */

/**
 * @typedef {object} DeepPart What one part of the long tests counted and measured, and on what.
 * @property {PartName} part
 * @property {string} when Its beginning, UTC.
 * @property {number} minutes
 * @property {string} commit
 * @property {string} machine
 * @property {number} passed
 * @property {number} failed
 * @property {readonly string[]} skipped Each with its reason.
 * @property {readonly string[]} figures
 * @property {readonly string[]} conformance
 * @property {readonly import("./deep-simulation.mjs").SimulationRun[]} simulations
 * @property {readonly RunAgain[]} [again]
 */

/** @typedef {Pick<DeepPart, "when" | "commit" | "passed" | "failed"> & { of: readonly string[] }} RunAgain Some files of a part, after the whole. */

const folder = inRoot("docs", "reports", "deep")
const fileOf = (/** @type {PartName} */ part) => `${folder}/${part}.json`

/** @param {Omit<DeepPart, "when" | "minutes" | "commit" | "machine">} outcome @param {number} startedAt @param {string} commit */
export async function savePart(outcome, startedAt, commit) {
  const about = {
    when: minuteOf(startedAt),
    minutes: Number(((Date.now() - startedAt) / 60_000).toFixed(1)),
    commit,
    machine: await machine(),
  }
  write({ ...about, ...outcome })
}

/**
 * Adds a run of some files to the last one of the whole part, whose own result stays as it was.
 *
 * @param {PartName} name
 * @param {readonly string[]} files
 * @param {Pick<DeepPart, "passed" | "failed">} outcome
 * @param {number} startedAt
 * @param {string} commit
 */
export function saveRunAgain(name, files, { passed, failed }, startedAt, commit) {
  const last = loadParts().find(({ part }) => part === name)
  if (last === undefined)
    return console.log(`the report has no run of the whole part ${name} to which this could be added`)
  write({ ...last, again: [...(last.again ?? []), { when: minuteOf(startedAt), commit, of: files, passed, failed }] })
}

/** @returns {readonly DeepPart[]} The last run of each part. */
export function loadParts() {
  return partNames
    .filter((part) => existsSync(fileOf(part)))
    .map((part) => JSON.parse(readFileSync(fileOf(part), "utf8")))
}

/** @param {DeepPart} part */
function write(part) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(fileOf(part.part), `${JSON.stringify(part, undefined, 2)}\n`)
}

const minuteOf = (/** @type {number} */ ms) => new Date(ms).toISOString().slice(0, 16).replace("T", " ")

/** What the tests run on. */
export async function machine() {
  return `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${await serverVersion()}`
}

/** Of the server that the tests have just used: they find it through the same package. */
async function serverVersion() {
  const { findRedis } = await import(pathToFileURL(inRoot("tests", "servers", "dist", "servers.js")).href)
  const found = findRedis()
  return found === undefined ? "server not found" : `${found.engine} ${found.version}`
}
