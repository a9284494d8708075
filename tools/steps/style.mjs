import { runTool } from "../lib/run.mjs"
import { fromCommand } from "./step.mjs"

const lintFlags = ["--type-aware", "--deny-warnings"]

/** @type {import("./step.mjs").Step} */
export const lint = {
  id: "lint",
  title: "oxlint, with types",
  run: async () => fromCommand(await runTool("oxlint", lintFlags)),
  fix: async () => fromCommand(await runTool("oxlint", [...lintFlags, "--fix"])),
}

/** @type {import("./step.mjs").Step} */
export const format = {
  id: "format",
  title: "oxfmt",
  run: async () => fromCommand(await runTool("oxfmt", ["--check"])),
  fix: async () => fromCommand(await runTool("oxfmt", [])),
}

/** @type {import("./step.mjs").Step} */
export const deadCode = {
  id: "dead-code",
  title: "knip: no unused file, export or dependency",
  run: async () => fromCommand(await runTool("knip", ["--no-progress", "--no-config-hints"])),
}
