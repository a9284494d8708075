import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join, relative, sep } from "node:path"
import { readScript } from "./lua-script.mjs"
import { inRoot } from "./paths.mjs"
import { includeTwinOf, twinOf } from "./script-twin.mjs"

/**
 * One replacement in a source file of the library, whose path begins below `packages/holdfast/src`.
 *
 * @typedef {{ file: string, find: string, replace: string }} Edit
 */

const source = inRoot("packages", "holdfast", "src")

/**
 * Replaces the one place where `find` occurs. Throws if there is none or more than one.
 *
 * @param {string} text
 * @param {Edit} edit
 */
export function applyEdit(text, { file, find, replace }) {
  const parts = text.split(find)
  if (parts.length !== 2) throw new Error(`${file}: ${parts.length - 1} places instead of one: ${find}`)
  return parts.join(replace)
}

/**
 * Bundles the library with some of its lines replaced, and changes no file. A changed script gets its twin and its hash.
 *
 * @param {readonly Edit[]} edits
 * @returns {import("esbuild").Plugin}
 */
export function mutationPlugin(edits) {
  return {
    name: "mutation",
    setup(build) {
      const scripts = edits.filter(({ file }) => file.endsWith(".lua"))
      /** @type {Set<Edit>} */
      const applied = new Set(scripts)
      const twins = scripts.length === 0 ? new Map() : mutatedTwins(scripts)
      build.onLoad({ filter: /packages.holdfast.src.*\.ts$/ }, ({ path }) => {
        const file = relative(source, path).split(sep).join("/")
        const twin = twins.get(file)
        if (twin !== undefined) return { contents: twin, loader: "ts" }
        const own = edits.filter((edit) => edit.file === file)
        if (own.length === 0) return undefined
        for (const edit of own) applied.add(edit)
        return { contents: own.reduce(applyEdit, readFileSync(path, "utf8")), loader: "ts" }
      })
      build.onEnd(() => {
        const missing = edits.find((edit) => !applied.has(edit))
        return missing && { errors: [{ text: `${missing.file} is not in the bundle` }] }
      })
    },
  }
}

/**
 * The twins of all scripts after some edits, by their file.
 *
 * @param {readonly Edit[]} edits
 * @returns {Map<string, string>}
 */
function mutatedTwins(edits) {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-scripts-"))
  try {
    cpSync(join(source, "scripts"), folder, { recursive: true, filter: (path) => !path.includes("generated") })
    for (const edit of edits) {
      const file = join(folder, relative("scripts", edit.file))
      writeFileSync(file, applyEdit(readFileSync(file, "utf8"), edit))
    }
    return twinsOf(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {string} folder
 * @returns {Map<string, string>}
 */
function twinsOf(folder) {
  /** @type {Map<string, string>} */
  const twins = new Map()
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".lua"))) {
    const name = basename(file, ".lua")
    const script = readScript(folder, name)
    twins.set(`scripts/generated/${name}.ts`, twinOf(script))
    for (const { include, lines } of script.pieces)
      if (include !== undefined) twins.set(`scripts/generated/includes/${include}.ts`, includeTwinOf(include, lines))
  }
  return twins
}
