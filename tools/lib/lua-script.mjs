import { createHash } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"

/**
 * One KEYS or ARGV entry as the header of a script names it.
 *
 * @typedef {{ name: string, about: string }} Argument
 */

/**
 * A script with its includes resolved. `lua` is what goes over the wire: without comments, blank lines and indentation.
 *
 * @typedef {{ name: string, about: string, keys: Argument[], args: Argument[], lua: string, sha1: string }} LuaScript
 */

/**
 * Reads `<folder>/<name>.lua` and the includes it names. Throws if its header and its body do not agree.
 *
 * @param {string} folder
 * @param {string} name
 * @returns {LuaScript}
 */
export function readScript(folder, name) {
  const file = join(folder, `${name}.lua`)
  const lines = readFileSync(file, "utf8").split("\n")
  const header = lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith("--")),
  )
  const title = new RegExp(`^-- ${name}: (.+)$`).exec(header[0] ?? "")
  if (title === null) throw new Error(`${file}: the first line must be "-- ${name}: what it does"`)
  if (!header.some((line) => line.startsWith("-- returns ")))
    throw new Error(`${file}: the header must say what it returns`)
  const body = codeOf(file, lines, new Set(), folder)
  const keys = argumentsOf(file, header, body, "KEYS")
  const args = argumentsOf(file, header, body, "ARGV")
  const lua = body.join("\n")
  return { name, about: title[1] ?? "", keys, args, lua, sha1: createHash("sha1").update(lua).digest("hex") }
}

/**
 * The lines that count, includes first and each once.
 *
 * @param {string} file
 * @param {string[]} lines
 * @param {Set<string>} included
 * @param {string} folder
 * @returns {string[]}
 */
function codeOf(file, lines, included, folder) {
  return lines.flatMap((line) => {
    const include = /^--- @include (\S+)$/.exec(line)
    if (include !== null) return includeOf(file, include[1] ?? "", included, folder)
    const code = line.trim()
    if (code === "" || code.startsWith("--")) return []
    if (code.includes("--")) throw new Error(`${file}: a comment needs a line of its own: ${code}`)
    if (/[`]|\$\{/.test(code)) throw new Error(`${file}: a twin cannot hold a backtick or "\${": ${code}`)
    return [code]
  })
}

/** @param {string} from @param {string} name @param {Set<string>} included @param {string} folder @returns {string[]} */
function includeOf(from, name, included, folder) {
  if (included.has(name)) return []
  included.add(name)
  const file = join(folder, "includes", `${name}.lua`)
  if (!existsSync(file)) throw new Error(`${from}: no include "${name}"`)
  const code = codeOf(file, readFileSync(file, "utf8").split("\n"), included, folder)
  if (code.some((line) => /\b(KEYS|ARGV)\b/.test(line)))
    throw new Error(`${file}: an include takes parameters, not KEYS or ARGV`)
  return code
}

/**
 * The entries of `array` in the header; the body must use these and no others, by literal number.
 *
 * @param {string} file
 * @param {string[]} header
 * @param {string[]} body
 * @param {"KEYS" | "ARGV"} array
 * @returns {Argument[]}
 */
function argumentsOf(file, header, body, array) {
  const entry = new RegExp(`^-- ${array}\\[(\\d+)\\] +(\\w+) +(\\S.*)$`)
  const named = header.flatMap((line) => {
    const match = entry.exec(line)
    return match === null ? [] : [{ at: Number(match[1]), name: match[2] ?? "", about: match[3] ?? "" }]
  })
  const uses = body.flatMap((line) => [...line.matchAll(new RegExp(`\\b${array}\\b(?:\\[(\\d+)\\])?`, "g"))])
  const used = new Set(uses.map((use) => Number(use[1])))
  const agree = named.every(({ at }, index) => at === index + 1 && used.has(at)) && used.size === named.length
  if (!agree) {
    const list = named.map(({ at }) => at).join(", ") || "nothing"
    throw new Error(`${file}: the header names ${array} ${list}, the body uses ${[...used].join(", ") || "nothing"}`)
  }
  return named.map(({ name, about }) => ({ name, about }))
}
