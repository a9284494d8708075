// npm run check: everything that needs no server. `npm run check -- types lint` runs only those steps.
import { pathToFileURL } from "node:url"
import { apiReport } from "./steps/api-report.mjs"
import { consumer } from "./steps/consumer.mjs"
import { docs, scripts } from "./steps/generated.mjs"
import { importSize } from "./steps/import-size.mjs"
import { packageShape } from "./steps/package-shape.mjs"
import { deadCode, format, lint } from "./steps/style.mjs"
import { tests } from "./steps/tests.mjs"
import { types } from "./steps/types.mjs"
import { setupOrExit } from "./setup.mjs"

/** In the order in which they run: what the others stand on comes first. */
export const steps = [
  scripts,
  docs,
  types,
  lint,
  format,
  deadCode,
  tests,
  packageShape,
  consumer,
  apiReport,
  importSize,
]

/**
 * Runs steps one after the other and prints one line for each; a failure does not keep the rest from running.
 *
 * @param {readonly import("./steps/step.mjs").Step[]} chosen
 * @param {(step: import("./steps/step.mjs").Step) => Promise<import("./steps/step.mjs").StepResult>} act
 */
export async function runSteps(chosen, act = (step) => step.run()) {
  /** @type {import("./steps/step.mjs").StepResult[]} */
  const results = []
  for (const step of chosen) {
    const startedAt = performance.now()
    const result = await act(step).catch((error) => ({ status: /** @type {const} */ ("failed"), output: error.stack }))
    print(step, result, performance.now() - startedAt)
    results.push(result)
  }
  return results
}

/**
 * @param {import("./steps/step.mjs").Step} step
 * @param {import("./steps/step.mjs").StepResult} result
 * @param {number} tookMs
 */
function print({ id, title }, { status, note, output }, tookMs) {
  const mark = { passed: "ok  ", failed: "FAIL", skipped: "skip" }[status]
  console.log(
    `${mark} ${id.padEnd(9)} ${(tookMs / 1000).toFixed(1).padStart(5)} s  ${title}${note ? ` (${note})` : ""}`,
  )
  if (status !== "failed") return
  if (output) console.log(`\n${output.trim().replace(/^/gm, "     ")}\n`)
  console.log(`     repeat with: npm run check -- ${id}\n`)
}

/** @param {readonly string[]} ids */
function choose(ids) {
  const unknown = ids.filter((id) => !steps.some((step) => step.id === id))
  if (unknown.length > 0) {
    console.error(`no such step: ${unknown.join(", ")}. Steps: ${steps.map(({ id }) => id).join(", ")}`)
    process.exit(2)
  }
  return ids.length === 0 ? steps : steps.filter((step) => ids.includes(step.id))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const chosen = choose(process.argv.slice(2))
  await setupOrExit("check")
  const results = await runSteps(chosen)
  process.exitCode = results.some(({ status }) => status === "failed") ? 1 : 0
}
