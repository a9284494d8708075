import { badArgument, integerArg, numberArg, stringArg } from "./arguments.ts"
import { LuaTable } from "./lua-table.ts"
import { raise } from "./lua-error.ts"
import { first, isTrue, resultOf, typeName, type LuaFunction, type LuaResult, type LuaValue } from "./lua-value.ts"
import { numberText } from "./number-text.ts"
import { capturesOf, compilePattern, matchFrom, type Pattern } from "./pattern.ts"

function startOf(text: string, init: LuaValue, name: string): number {
  if (init === undefined) return 0
  const from = integerArg(init, 3, name)
  const begin = from < 0 ? text.length + from : from - 1
  return Math.min(Math.max(begin, 0), text.length)
}

export function match(value: LuaValue, patternText: LuaValue, init?: LuaValue): LuaResult {
  const text = stringArg(value, 1, "match")
  const pattern = compilePattern(stringArg(patternText, 2, "match"))
  const found = matchFrom(pattern, text, startOf(text, init, "match"))
  return found === null ? undefined : resultOf(capturesOf(pattern, found))
}

export function find(value: LuaValue, patternText: LuaValue, init?: LuaValue, isPlain?: LuaValue): LuaResult {
  const text = stringArg(value, 1, "find")
  const wanted = stringArg(patternText, 2, "find")
  const from = startOf(text, init, "find")
  if (isTrue(isPlain)) {
    const at = text.indexOf(wanted, from)
    return at === -1 ? undefined : [at + 1, at + wanted.length]
  }
  const pattern = compilePattern(wanted)
  const found = matchFrom(pattern, text, from)
  return found === null ? undefined : [found.index + 1, found.index + found[0].length, ...found.slice(1)]
}

export function gmatch(value: LuaValue, patternText: LuaValue): LuaFunction {
  const text = stringArg(value, 1, "gmatch")
  const pattern = compilePattern(stringArg(patternText, 2, "gmatch"), false)
  let from = 0
  return () => {
    if (from > text.length) return undefined
    const found = matchFrom(pattern, text, from)
    if (found === null) {
      from = text.length + 1
      return undefined
    }
    const end = found.index + found[0].length
    from = found[0] === "" ? end + 1 : end
    return resultOf(capturesOf(pattern, found))
  }
}

export function gsub(value: LuaValue, patternText: LuaValue, by: LuaValue, most?: LuaValue): LuaResult {
  const text = stringArg(value, 1, "gsub")
  const pattern = compilePattern(stringArg(patternText, 2, "gsub"))
  const replacement = replacementOf(by, pattern)
  const limit = most === undefined ? Infinity : numberArg(most, 4, "gsub")
  let [made, at, count] = ["", 0, 0]
  while (count < limit) {
    const found = matchFrom(pattern, text, at)
    if (found === null) break
    made += text.slice(at, found.index)
    count++
    made += replacement(found)
    at = found.index + found[0].length
    if (found[0] === "") {
      if (at >= text.length) break
      made += text[at]
      at++
    }
    if (pattern.isAnchored) break
  }
  return [made + text.slice(at), count]
}

type Replacement = (found: RegExpExecArray) => string

function replacementOf(by: LuaValue, pattern: Pattern): Replacement {
  if (typeof by === "string" || typeof by === "number") {
    const text = typeof by === "number" ? numberText(by) : by
    return (found) => filledIn(text, pattern, found)
  }
  if (typeof by === "function") return (found) => replaced(first(by(...capturesOf(pattern, found))), found)
  if (by instanceof LuaTable) return (found) => replaced(by.get(capturesOf(pattern, found)[0]), found)
  return badArgument(3, "gsub", `string/function/table expected, got ${typeName(by)}`)
}

function replaced(value: LuaValue, found: RegExpExecArray): string {
  if (!isTrue(value)) return found[0]
  if (typeof value === "string") return value
  return typeof value === "number" ? numberText(value) : raise(`invalid replacement value (a ${typeName(value)})`)
}

/** `%1` is the first capture, `%0` the whole match, and any other character after % itself. */
function filledIn(text: string, pattern: Pattern, found: RegExpExecArray): string {
  if (!text.includes("%")) return text
  return text.replace(/%([^]?)/g, (_, char: string) => {
    if (!/\d/.test(char)) return char === "" ? "\0" : char
    if (char === "0") return found[0]
    return capturesOf(pattern, found)[Number(char) - 1] ?? raise("invalid capture index")
  })
}
