import type { GlobToken } from "./glob-match.ts"

/** Makes the error for a pattern that cannot be read. */
type Refuse = (detail: string) => Error

type Read = readonly [token: GlobToken, length: number]

/** Reads what stands in a `glob` template between two interpolations. */
export function readGlob(literal: string, refuse: Refuse): GlobToken[] {
  const tokens: GlobToken[] = []
  for (let at = 0; at < literal.length;) {
    const [token, length] = readToken(literal.slice(at), refuse)
    tokens.push(token)
    at += length
  }
  return tokens
}

function readToken(rest: string, refuse: Refuse): Read {
  const character = String.fromCodePoint(rest.codePointAt(0) ?? 0)
  if (character === "*") return [{ is: "any" }, 1]
  if (character === "?") return [{ is: "one" }, 1]
  if (character === ":") return [{ is: "border" }, 1]
  if (character === "[") return readSet(rest, refuse)
  if (character !== "\\") return [{ is: "text", text: character }, character.length]
  const taken = takenLiterally(rest.slice(1), refuse)
  return [{ is: "text", text: taken }, 1 + taken.length]
}

/** What follows a backslash. Letters and digits are refused: whoever writes one means an escape of JavaScript, which this is not. */
function takenLiterally(rest: string, refuse: Refuse): string {
  const code = rest.codePointAt(0)
  const character = code === undefined ? "" : String.fromCodePoint(code)
  if (character !== "" && !/[\p{L}\p{N}]/u.test(character)) return character
  throw refuse("A backslash in a glob stands before a letter, a digit or nothing: write \\\\ for a backslash itself.")
}

function readSet(rest: string, refuse: Refuse): Read {
  const isNegated = rest[1] === "^"
  const ranges: (readonly [number, number])[] = []
  let at = isNegated ? 2 : 1
  const next = (): number => {
    const text = rest[at] === "\\" ? takenLiterally(rest.slice(at + 1), refuse) : characterAt(rest, at)
    at += text.length + (rest[at] === "\\" ? 1 : 0)
    return text.codePointAt(0) ?? 0
  }
  while (at < rest.length && rest[at] !== "]") {
    const from = next()
    const isRange = rest[at] === "-" && at + 1 < rest.length && rest[at + 1] !== "]"
    if (isRange) at += 1
    const to = isRange ? next() : from
    ranges.push(from <= to ? [from, to] : [to, from])
  }
  if (at >= rest.length)
    throw refuse("A [ in a glob has no ] in the same piece of its template: write \\[ for the character itself.")
  if (ranges.length === 0)
    throw refuse("A set in a glob is empty: put characters into it, or write \\[ for the character itself.")
  return [{ is: "set", isNegated, ranges }, at + 1]
}

function characterAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0)
}
