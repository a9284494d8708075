import { LuaNotModelled } from "./lua-error.ts"

/** A Lua pattern as regular expressions. */
export interface Pattern {
  /** Finds the first match from `lastIndex`, or only one that begins there. */
  readonly regExp: RegExp
  readonly isAnchored: boolean
  readonly captures: number
}

const classes: Readonly<Record<string, string>> = {
  a: "A-Za-z",
  c: "\\x00-\\x1f\\x7f",
  d: "0-9",
  l: "a-z",
  p: "!-\\/:-@\\[-`{-~",
  s: "\\t-\\r ",
  u: "A-Z",
  w: "0-9A-Za-z",
  x: "0-9A-Fa-f",
  z: "\\x00",
}

const known = { anchored: new Map<string, Pattern>(), free: new Map<string, Pattern>() }

/** Compiles a pattern once. In `gmatch` a leading "^" is a character like others. */
export function compilePattern(text: string, canAnchor = true): Pattern {
  const patterns = canAnchor ? known.anchored : known.free
  let pattern = patterns.get(text)
  if (pattern === undefined) patterns.set(text, (pattern = new PatternReader(text, canAnchor).read()))
  return pattern
}

/** Lua finds out only when a match gets that far. */
function malformed(what: string): never {
  throw new LuaNotModelled(`a pattern with ${what}`)
}

function quoted(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`
}

/** The inside of a class such as %a; for %A all other characters. */
function classOf(letter: string): { readonly inside: string; readonly isNegative: boolean } | undefined {
  const inside = classes[letter.toLowerCase()]
  return inside === undefined ? undefined : { inside, isNegative: letter !== letter.toLowerCase() }
}

class PatternReader {
  readonly #text: string
  readonly #isAnchored: boolean
  #captures = 0
  #open = 0
  #at: number

  constructor(text: string, canAnchor: boolean) {
    if (text.includes("\0")) throw new LuaNotModelled("a pattern with a zero byte")
    this.#text = text
    this.#isAnchored = canAnchor && text.startsWith("^")
    this.#at = this.#isAnchored ? 1 : 0
  }

  read(): Pattern {
    let source = ""
    while (this.#at < this.#text.length) source += this.#item()
    if (this.#open > 0) malformed("an unfinished capture")
    const regExp = new RegExp(source, this.#isAnchored ? "y" : "g")
    return { regExp, isAnchored: this.#isAnchored, captures: this.#captures }
  }

  #item(): string {
    const char = this.#text[this.#at] as string
    if (char === "(") return this.#beginCapture()
    if (char === ")") {
      this.#at++
      if (this.#open === 0) malformed("a capture that ends before it begins")
      this.#open--
      return ")"
    }
    if (char === "$" && this.#at === this.#text.length - 1) {
      this.#at++
      return "(?![^])"
    }
    return this.#repeated(this.#single())
  }

  #beginCapture(): string {
    if (this.#text[this.#at + 1] === ")") throw new LuaNotModelled("position captures")
    this.#at++
    this.#captures++
    this.#open++
    return "("
  }

  #repeated(single: string): string {
    const suffix = this.#text[this.#at] ?? ""
    const quantifier = { "*": "*", "+": "+", "-": "*?", "?": "?" }[suffix]
    if (quantifier === undefined) return single
    this.#at++
    return single + quantifier
  }

  #single(): string {
    const char = this.#text[this.#at++] as string
    if (char === ".") return "[^]"
    if (char === "[") return this.#set()
    if (char !== "%") return quoted(char)
    const letter = this.#text[this.#at++]
    if (letter === undefined) return malformed("a % at its end")
    if (letter === "b" || letter === "f" || /\d/.test(letter)) throw new LuaNotModelled(`%${letter} in a pattern`)
    const named = classOf(letter)
    return named === undefined ? quoted(letter) : `[${named.isNegative ? "^" : ""}${named.inside}]`
  }

  #set(): string {
    const isNegative = this.#text[this.#at] === "^"
    if (isNegative) this.#at++
    let inside = ""
    let isFirst = true
    for (;;) {
      const char = this.#text[this.#at]
      if (char === undefined) return malformed("an unfinished set")
      if (char === "]" && !isFirst) break
      isFirst = false
      inside += this.#member()
    }
    this.#at++
    return `[${isNegative ? "^" : ""}${inside}]`
  }

  #member(): string {
    const char = this.#text[this.#at++] as string
    if (char === "%") {
      const letter = this.#text[this.#at++]
      if (letter === undefined) return malformed("an unfinished set")
      const named = classOf(letter)
      if (named?.isNegative === true) throw new LuaNotModelled(`%${letter} in a set of a pattern`)
      return named?.inside ?? quoted(letter)
    }
    const end = this.#text[this.#at + 1]
    if (this.#text[this.#at] !== "-" || end === undefined || end === "]") return quoted(char)
    this.#at += 2
    // An empty range matches nothing, and a RegExp refuses it.
    return end < char ? "" : `${quoted(char)}-${quoted(end)}`
  }
}

/** The first match at or after an offset from 0. */
export function matchFrom({ regExp }: Pattern, text: string, from: number): RegExpExecArray | null {
  regExp.lastIndex = from
  return regExp.exec(text)
}

/** What a match captured, or all of it if the pattern captures nothing. */
export function capturesOf({ captures }: Pattern, found: RegExpExecArray): string[] {
  return captures === 0 ? [found[0]] : found.slice(1)
}
