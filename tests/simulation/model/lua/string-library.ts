import { badArgument, integerArg, stringArg } from "./arguments.ts"
import { nothing, type LuaFunction, type LuaResult, type LuaValue } from "./lua-value.ts"
import { format } from "./string-format.ts"
import { find, gmatch, gsub, match } from "./string-search.ts"

/** Where a piece of a string begins and ends, as offsets from 0. */
function piece(text: string, from: number, to: number): readonly [begin: number, end: number] {
  const begin = from < 0 ? Math.max(text.length + from, 0) : Math.max(from - 1, 0)
  const end = to < 0 ? text.length + to + 1 : Math.min(to, text.length)
  return [begin, end]
}

function sub(value: LuaValue, from: LuaValue, to?: LuaValue): string {
  const text = stringArg(value, 1, "sub")
  const last = to === undefined ? -1 : integerArg(to, 3, "sub")
  const [begin, end] = piece(text, integerArg(from, 2, "sub"), last)
  return begin < end ? text.slice(begin, end) : ""
}

function byte(value: LuaValue, from?: LuaValue, to?: LuaValue): LuaResult {
  const text = stringArg(value, 1, "byte")
  const start = from === undefined ? 1 : integerArg(from, 2, "byte")
  const [begin, end] = piece(text, start, to === undefined ? start : integerArg(to, 3, "byte"))
  if (begin >= end) return nothing
  if (end - begin === 1) return text.charCodeAt(begin)
  return Array.from(text.slice(begin, end), (char) => char.charCodeAt(0))
}

function char(...codes: LuaValue[]): string {
  const bytes = codes.map((code, at) => {
    const byteValue = integerArg(code, at + 1, "char")
    return byteValue >= 0 && byteValue <= 255 ? byteValue : badArgument(at + 1, "char", "invalid value")
  })
  return String.fromCharCode(...bytes)
}

function rep(text: LuaValue, count: LuaValue): string {
  return stringArg(text, 1, "rep").repeat(Math.max(0, integerArg(count, 2, "rep")))
}

/** Of ASCII letters only, as in the C locale. */
function lower(value: LuaValue): string {
  return stringArg(value, 1, "lower").replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

function upper(value: LuaValue): string {
  return stringArg(value, 1, "upper").replace(/[a-z]+/g, (letters) => letters.toUpperCase())
}

export const stringLibrary: Readonly<Record<string, LuaFunction>> = {
  sub,
  byte,
  char,
  rep,
  lower,
  upper,
  format,
  find,
  match,
  gmatch,
  gsub,
  len: (value) => stringArg(value, 1, "len").length,
  reverse: (value) => stringArg(value, 1, "reverse").split("").reverse().join(""),
}
