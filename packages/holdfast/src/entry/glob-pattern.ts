import type { GlobToken } from "./glob-match.ts"
import { escapedText } from "./key-encoding.ts"

/**
 * A pattern as the server understands it, of the texts that `encodeKey` writes. It fits every key that the tokens fit, and more: a
 * character may be written as several, and a border in two ways, so whoever gets the keys judges each of them.
 */
export function serverGlob(tokens: readonly GlobToken[]): string {
  if (tokens.length === 0) return "%_"
  let mayBegin = true
  const pieces = tokens.map((token) => {
    const piece = pieceOf(token, mayBegin)
    mayBegin = token.is === "border" || token.is === "any"
    return piece
  })
  return pieces.join("").replaceAll(/\*{2,}/g, "*")
}

/** @param mayBegin whether a part of a tuple may begin here */
function pieceOf(token: GlobToken, mayBegin: boolean): string {
  if (token.is === "any") return "*"
  if (token.is === "border") return "[:%]*"
  if (token.is !== "text") return "?*"
  const escaped = escapedText(token.text)
  // A part of a tuple that is "ctl" is written with its first letter escaped.
  return mayBegin && "ctl".startsWith(token.text) ? `*${escaped.slice(1)}` : escaped
}
