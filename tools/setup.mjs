// Makes a fresh clone ready to run, and is quick when nothing is to do: dependencies, build, a Redis server.
// Usage: node tools/setup.mjs --for start|check|test|bench      Says on stderr what it does, and nothing else.
import { pathToFileURL } from "node:url"
import { parseArgs } from "node:util"
import { ensureDependencies } from "./lib/dependencies.mjs"
import { ensureBuilt } from "./lib/build.mjs"
import { ensureRedisServer } from "./lib/redis-server.mjs"

/**
 * What each purpose needs. `server` says what a missing Redis server means: the shop runs in memory without one, the tests do not.
 *
 * @type {Record<string, { build: import("./lib/build.mjs").Workspace[], server: "unused" | "wanted" | "required" }>}
 */
const purposes = {
  start: { build: ["library", "servers", "shop"], server: "wanted" },
  check: { build: [], server: "unused" },
  test: { build: ["library", "servers", "shop"], server: "required" },
  bench: { build: ["library", "servers", "bench"], server: "required" },
}

/** @param {string} line */
const say = (line) => void process.stderr.write(`set-up: ${line}\n`)

/**
 * Makes the repository ready for a purpose. Throws, with the words for the person, when it cannot.
 *
 * @param {string} purpose
 * @param {{ server?: boolean }} [options] `server: false` when the caller needs none this time.
 */
export async function setup(purpose, { server: serverAsked = true } = {}) {
  const needs = purposes[purpose]
  if (needs === undefined) throw new Error(`unknown purpose "${purpose}": one of ${Object.keys(purposes).join(", ")}`)
  refuseOldNode()
  await ensureDependencies(say)
  if (needs.build.length > 0) await ensureBuilt(needs.build, say)
  if (needs.server === "unused" || !serverAsked) return
  const missing = await ensureRedisServer(say)
  if (missing === undefined) return
  if (needs.server === "required") throw new Error(missing)
  say(`${missing}\nset-up: going on without; the shop will use the in-process store`)
}

function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
  if (major < 20 || (major === 20 && minor < 19))
    throw new Error(`Node ${process.version} is too old: 20.19 or newer is needed`)
}

/**
 * Runs set-up as a command does: a failure is one message and exit code 1, never a stack.
 *
 * @param {Parameters<typeof setup>} parameters
 */
export async function setupOrExit(...parameters) {
  try {
    await setup(...parameters)
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    process.exit(1)
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { values } = parseArgs({ options: { for: { type: "string", default: "start" } } })
  await setupOrExit(values.for)
}
