import { existsSync } from "node:fs"
import { inRoot } from "../lib/paths.mjs"
import { run } from "../lib/run.mjs"
import { fromCommand } from "./step.mjs"

/**
 * A step around a generator: `--check` compares what is committed with what it would write.
 *
 * @param {string} id
 * @param {string} title
 * @param {string} file
 * @returns {import("./step.mjs").Step}
 */
function generatorStep(id, title, file) {
  /** @param {string[]} args */
  const generate = async (args) => {
    if (!existsSync(inRoot(file)))
      return /** @type {const} */ ({ status: "skipped", note: `${file} does not exist yet` })
    return fromCommand(await run(process.execPath, [file, ...args]))
  }
  return { id, title, run: () => generate(["--check"]), fix: () => generate([]) }
}

export const scripts = generatorStep(
  "scripts",
  "typed twins of the Lua scripts are current",
  "tools/generate-scripts.mjs",
)
export const docs = generatorStep("docs", "reference documents are current", "tools/reference-docs.mjs")
