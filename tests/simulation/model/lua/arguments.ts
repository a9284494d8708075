import { LuaTable } from "./lua-table.ts"
import { raise } from "./lua-error.ts"
import { typeName, type LuaValue } from "./lua-value.ts"
import { numberText } from "./number-text.ts"
import { numberOf } from "./text-number.ts"

export function badArgument(at: number, name: string, problem: string): never {
  return raise(`bad argument #${at} to '${name}' (${problem})`)
}

function mistyped(value: LuaValue, at: number, name: string, wanted: string): never {
  return badArgument(at, name, `${wanted} expected, got ${typeName(value)}`)
}

/** A string argument; numbers count as their text. */
export function stringArg(value: LuaValue, at: number, name: string): string {
  if (typeof value === "string") return value
  return typeof value === "number" ? numberText(value) : mistyped(value, at, name, "string")
}

/** A number argument; strings count as what they are worth. */
export function numberArg(value: LuaValue, at: number, name: string): number {
  if (typeof value === "number") return value
  return (typeof value === "string" ? numberOf(value) : undefined) ?? mistyped(value, at, name, "number")
}

export function integerArg(value: LuaValue, at: number, name: string): number {
  return Math.trunc(numberArg(value, at, name))
}

export function tableArg(value: LuaValue, at: number, name: string): LuaTable {
  return value instanceof LuaTable ? value : mistyped(value, at, name, "table")
}
