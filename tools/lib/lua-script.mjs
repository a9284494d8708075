import { createHash } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"

/**
 * One KEYS or ARGV entry as the header of a script names it.
 *
 * @typedef {{ name: string, about: string }} Argument
 */

/**
 * Lua as it goes over the wire: without comments, blank lines and indentation. `include` is absent for lines of the script's own.
 *
 * @typedef {{ include?: string, lines: string[] }} Piece
 */

/**
 * A script as the pieces it is made of, in their order; `sha1` is that of all of them together.
 *
 * @typedef {{ name: string, about: string, keys: Argument[], args: Argument[], pieces: Piece[], sha1: string }} LuaScript
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
  const pieces = piecesOf(file, lines, new Set(), folder)
  const body = pieces.flatMap(({ lines }) => lines)
  const keys = argumentsOf(file, header, body, "KEYS")
  const args = argumentsOf(file, header, body, "ARGV")
  const sha1 = createHash("sha1").update(body.join("\n")).digest("hex")
  return { name, about: title[1] ?? "", keys, args, pieces, sha1 }
}

/**
 * The lines that count, in pieces: every include once, with what it includes itself before it.
 *
 * @param {string} file
 * @param {string[]} lines
 * @param {Set<string>} included
 * @param {string} folder
 * @returns {Piece[]}
 */
function piecesOf(file, lines, included, folder) {
  /** @type {Piece[]} */
  const pieces = []
  for (const line of lines) {
    const include = /^--- @include (\S+)$/.exec(line)?.[1]
    if (include !== undefined) pieces.push(...includeOf(file, include, included, folder))
    else if (isCode(file, line.trim())) addLine(pieces, line.trim())
  }
  return pieces
}

/** @param {Piece[]} pieces @param {string} line */
function addLine(pieces, line) {
  const last = pieces.at(-1)
  if (last !== undefined && last.include === undefined) last.lines.push(line)
  else pieces.push({ lines: [line] })
}

/** @param {string} file @param {string} line */
function isCode(file, line) {
  if (line === "" || line.startsWith("--")) return false
  if (line.includes("--")) throw new Error(`${file}: a comment needs a line of its own: ${line}`)
  if (/[`]|\$\{/.test(line)) throw new Error(`${file}: a twin cannot hold a backtick or "\${": ${line}`)
  return true
}

/** @param {string} from @param {string} name @param {Set<string>} included @param {string} folder @returns {Piece[]} */
function includeOf(from, name, included, folder) {
  if (included.has(name)) return []
  included.add(name)
  const file = join(folder, "includes", `${name}.lua`)
  if (!existsSync(file)) throw new Error(`${from}: no include "${name}"`)
  const pieces = piecesOf(file, readFileSync(file, "utf8").split("\n"), included, folder)
  const own = pieces.filter(({ include }) => include === undefined).flatMap(({ lines }) => lines)
  if (own.some((line) => /\b(KEYS|ARGV)\b/.test(line)))
    throw new Error(`${file}: an include takes parameters, not KEYS or ARGV`)
  return [...pieces.filter(({ include }) => include !== undefined), { include: name, lines: own }]
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
