import type { DecodedKey } from "./decoded-key.ts"

/** One piece of a pattern. */
export type GlobToken =
  | { readonly is: "text"; readonly text: string }
  /** ":": a border between the parts of a tuple, or that character of a text. */
  | { readonly is: "border" }
  /** Any text, borders included. */
  | { readonly is: "any" }
  /** One character. */
  | { readonly is: "one" }
  /** One character of a set; both ends of a range belong to it. */
  | { readonly is: "set"; readonly isNegated: boolean; readonly ranges: readonly (readonly [number, number])[] }

/** Stands for a border among the code points of a key. */
const border = -1
const colon = 58

/** Whether one symbol of a key fits; "any" is what fits as many as there are. */
type Step = "any" | ((symbol: number) => boolean)

/**
 * Makes the judge of keys for a pattern. Of a key of which only a hash is stored no more is known than its beginning, so it fits
 * where the beginning alone decides: a pattern that ends in its only `*`.
 */
export function keyMatcher(tokens: readonly GlobToken[]): (key: DecodedKey) => boolean {
  const forTexts = stepsOf(tokens, colon)
  const forTuples = stepsOf(tokens, border)
  return (key) => {
    if (key.is === "text") return fits(forTexts, symbolsOf([key.key]))
    if (key.is === "tuple") return fits(forTuples, tupleSymbols(key.key))
    const isTuple = key.head.length > 1
    return beginsWith(isTuple ? forTuples : forTexts, symbolsOf(key.head))
  }
}

function stepsOf(tokens: readonly GlobToken[], borderIs: number): readonly Step[] {
  return tokens.flatMap((token): readonly Step[] => {
    if (token.is === "any") return ["any"]
    if (token.is === "text") return Array.from(token.text, (character) => equals(character.codePointAt(0) ?? 0))
    if (token.is === "border") return [equals(borderIs)]
    if (token.is === "one") return [(symbol) => symbol !== border]
    const { ranges, isNegated } = token
    return [(symbol) => symbol !== border && ranges.some(([from, to]) => from <= symbol && symbol <= to) !== isNegated]
  })
}

const equals = (code: number) => (symbol: number) => symbol === code

/** A tuple of one part, and that of none, end in a border, as they do in the store. */
function tupleSymbols(parts: readonly string[]): number[] {
  return parts.length < 2 ? [...symbolsOf(parts), border] : symbolsOf(parts)
}

function symbolsOf(parts: readonly string[]): number[] {
  return parts.flatMap((part, at) => {
    const codes = Array.from(part, (character) => character.codePointAt(0) ?? 0)
    return at === 0 ? codes : [border, ...codes]
  })
}

/** Goes back to the last `any` only, so that no pattern takes longer than its length times that of the key. */
function fits(steps: readonly Step[], symbols: readonly number[]): boolean {
  let [at, step, anyAt, resumeAt] = [0, 0, -1, 0]
  while (at < symbols.length) {
    const wanted = steps[step]
    if (wanted === "any") {
      anyAt = step
      resumeAt = at
      step += 1
    } else if (wanted?.(symbols[at] ?? border) === true) {
      at += 1
      step += 1
    } else if (anyAt >= 0) {
      resumeAt += 1
      at = resumeAt
      step = anyAt + 1
    } else return false
  }
  return steps.slice(step).every((left) => left === "any")
}

function beginsWith(steps: readonly Step[], head: readonly number[]): boolean {
  const known = steps.slice(0, -1)
  if (steps.at(-1) !== "any" || known.includes("any") || known.length > head.length) return false
  return fits(known, head.slice(0, known.length))
}
