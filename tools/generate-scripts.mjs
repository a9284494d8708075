// Makes a typed twin of every Lua script: packages/holdfast/src/scripts/<name>.lua -> scripts/generated/<name>.ts,
// and of every include that is used: scripts/includes/<name>.lua -> scripts/generated/includes/<name>.ts
// Usage: node tools/generate-scripts.mjs [--check]      `--check` writes nothing and exits with 1 if a twin is not current.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { inRoot } from "./lib/paths.mjs"
import { readScript } from "./lib/lua-script.mjs"
import { includeTwinOf, twinOf } from "./lib/script-twin.mjs"

const scripts = inRoot("packages", "holdfast", "src", "scripts")
const generated = join(scripts, "generated")
const checking = process.argv.includes("--check")

/** @param {string} folder @param {string} extension */
const filesIn = (folder, extension) => readdirSync(folder).filter((file) => file.endsWith(extension))

const presentTwins = () => [
  ...filesIn(generated, ".ts"),
  ...filesIn(join(generated, "includes"), ".ts").map((file) => join("includes", file)),
]

/** What the folder of twins should hold. @returns {Map<string, string>} */
function wantedTwins() {
  const sources = filesIn(scripts, ".lua")
  if (sources.length === 0) throw new Error(`no scripts in ${scripts}`)
  /** @type {Map<string, string>} */
  const twins = new Map()
  for (const file of sources) {
    const script = readScript(scripts, basename(file, ".lua"))
    twins.set(`${script.name}.ts`, twinOf(script))
    for (const { include, lines } of script.pieces)
      if (include !== undefined) twins.set(join("includes", `${include}.ts`), includeTwinOf(include, lines))
  }
  return twins
}

/** @param {string} file */
function contentOf(file) {
  try {
    return readFileSync(join(generated, file), "utf8")
  } catch {
    return undefined
  }
}

function main() {
  mkdirSync(join(generated, "includes"), { recursive: true })
  const wanted = wantedTwins()
  const stale = [...wanted].filter(([file, text]) => contentOf(file) !== text)
  const orphans = presentTwins().filter((file) => !wanted.has(file))
  if (checking) {
    for (const [file] of stale)
      console.error(`scripts/generated/${file} is not current: run node tools/generate-scripts.mjs`)
    for (const file of orphans)
      console.error(`scripts/generated/${file} has no script: run node tools/generate-scripts.mjs`)
    process.exitCode = stale.length + orphans.length === 0 ? 0 : 1
    return
  }
  for (const [file, text] of stale) writeFileSync(join(generated, file), text)
  for (const file of orphans) rmSync(join(generated, file))
  console.log(`${wanted.size} twins, ${stale.length} written, ${orphans.length} removed`)
}

try {
  main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
