import { mkdirSync, writeFileSync } from "node:fs"
import { loadParts } from "./deep-parts.mjs"
import { runsOfSimulation } from "./deep-simulation.mjs"
import { inRoot } from "./paths.mjs"

/** Writes docs/reports/deep.md: what the last full run of each part of the long tests counted and measured, and on what. */
export function writeDeepReport() {
  const parts = loadParts()
  const all = (/** @type {"figures" | "conformance" | "skipped"} */ what) => parts.flatMap((part) => part[what])
  const lines = [
    "# The last deep run",
    "",
    "Written by `npm run test:deep`. Figures are what the tests printed; a bound is proved on the virtual clock, not here.",
    "",
    ...parts.flatMap((part) => ["", ...summaryOf(part)]),
    "",
    "## Simulation",
    "",
    ...parts
      .flatMap(({ simulations }) => simulations)
      .flatMap(({ command, commit, machine, output }) => [
        "```text",
        `$ ${command}`,
        `(of ${commit}, on ${machine})`,
        "",
        figuresOf(output),
        "```",
        "",
      ]),
    "## Figures",
    "",
    ...list(all("figures")),
    "",
    "## Conformance",
    "",
    "Cases of the store suite and of the client suite, by client and topology.",
    "",
    ...all("conformance").map((line) => line.replace(/^\[(\d+)\] /, "$1. ")),
    "",
    "## Skipped",
    "",
    ...list(all("skipped")),
  ]
  mkdirSync(inRoot("docs", "reports"), { recursive: true })
  writeFileSync(inRoot("docs", "reports", "deep.md"), `${lines.join("\n").replaceAll(/\n{3,}/g, "\n\n")}\n`)
}

/** @param {import("./deep-parts.mjs").DeepPart} part */
function summaryOf({ part, when, minutes, commit, machine, passed, failed, skipped, simulations, again = [] }) {
  const left = part === "simulation" ? runsOfSimulation - simulations.length : 0
  return [
    `**${part}**`,
    "",
    `- when: ${when} UTC, ${minutes} minutes`,
    `- commit: ${commit}`,
    `- on: ${machine}`,
    `- result: ${passed} passed, ${failed} failed, ${skipped.length} skipped${left > 0 ? `; **${left} of ${runsOfSimulation} runs are still to be made**` : ""}`,
    ...again.map(
      (run) =>
        `- run again at ${run.when} UTC, of ${run.commit}: ${run.passed} passed, ${run.failed} failed (${run.of.join(" ")})`,
    ),
  ]
}

/**
 * What was seen how often stands before it, and is kept in the part itself.
 *
 * @param {string} output
 */
function figuresOf(output) {
  return output.slice(Math.max(0, output.lastIndexOf("\nseeds from ") + 1))
}

/** @param {readonly string[]} lines */
function list(lines) {
  return lines.length === 0 ? ["none"] : lines.map((line) => `- ${line}`)
}
