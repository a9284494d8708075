import { LuaNotModelled } from "./lua-error.ts"
import { LuaTable } from "./lua-table.ts"
import { numberText } from "./number-text.ts"

/** A value of a script. Strings are bytes as latin1 text. */
export type LuaValue = undefined | boolean | number | string | LuaTable | LuaFunction

/** What a function gives: one value, or any other number of them as an array. */
export type LuaResult = LuaValue | readonly LuaValue[]

export type LuaFunction = (...args: LuaValue[]) => LuaResult

/** The functions that scripts find and do not make. */
export const builtIns = new WeakSet<LuaFunction>()

/** No value at all, which is not the same as nil. */
export const nothing: readonly LuaValue[] = []

/** The first of what a function gave. */
export function first(result: LuaResult): LuaValue {
  return Array.isArray(result) ? (result[0] as LuaValue) : (result as LuaValue)
}

/** All that a function gave. */
export function all(result: LuaResult): readonly LuaValue[] {
  return Array.isArray(result) ? (result as readonly LuaValue[]) : [result as LuaValue]
}

/** What to return for a list of values. */
export function resultOf(values: readonly LuaValue[]): LuaResult {
  return values.length === 1 ? values[0] : values
}

export function isTrue(value: LuaValue): boolean {
  return value !== undefined && value !== false
}

export function typeName(value: LuaValue): string {
  if (value === undefined) return "nil"
  return value instanceof LuaTable ? "table" : typeof value
}

/** As `tostring` gives it. */
export function textOf(value: LuaValue): string {
  if (typeof value === "string") return value
  if (typeof value === "number") return numberText(value)
  if (value === undefined) return "nil"
  if (typeof value === "boolean") return String(value)
  throw new LuaNotModelled(`the text of a ${typeName(value)}, which names an address in memory`)
}
