import { notModelled } from "./commands/reply.ts"

const parts = /\*+|\?|\[\^?(?:\\.|[^\\\]])*\]|\\?([^])/g
const setParts = /\\([^])|([^])-(?=[^])([^])|([^])/g

const known = new Map<string, RegExp>()

/** Whether a server takes a key for one that the pattern of a SCAN means. Sets without an end are not modelled. */
export function matchesGlob(pattern: string, key: string): boolean {
  let meant = known.get(pattern)
  if (meant === undefined) {
    meant = new RegExp(`^${pattern.replaceAll(parts, expressionOf)}$`)
    known.set(pattern, meant)
  }
  return meant.test(key)
}

function expressionOf(part: string, character: string | undefined): string {
  if (part === "[") throw notModelled("a pattern with a set that does not end")
  if (part.startsWith("*")) return "[^]*"
  if (part === "?") return "[^]"
  if (character !== undefined) return escaped(character)
  const isNegated = part.startsWith("[^")
  const inner = part.slice(isNegated ? 2 : 1, -1).replaceAll(setParts, rangeOf)
  return `[${isNegated ? "^" : ""}${inner}]`
}

function rangeOf(_: string, plain?: string, from?: string, to?: string, single?: string): string {
  if (from === undefined || to === undefined) return escaped(plain ?? single ?? "")
  return from < to ? `${escaped(from)}-${escaped(to)}` : `${escaped(to)}-${escaped(from)}`
}

function escaped(character: string): string {
  return /[a-zA-Z0-9]/.test(character) ? character : `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`
}
