import { badArgument, integerArg, numberArg, stringArg, tableArg } from "./arguments.ts"
import type { LuaTable } from "./lua-table.ts"
import { LuaError, LuaNotModelled, raise, withoutPlace } from "./lua-error.ts"
import { callable } from "./operators.ts"
import {
  all,
  builtIns,
  isTrue,
  textOf,
  typeName,
  type LuaFunction,
  type LuaResult,
  type LuaValue,
} from "./lua-value.ts"
import { unpack } from "./table-library.ts"
import { numberOf, numberOfBase } from "./text-number.ts"

function toNumber(...args: LuaValue[]): LuaResult {
  const [value, baseValue] = args
  if (args.length === 0) return badArgument(1, "tonumber", "value expected")
  if (typeof value === "number" && baseValue === undefined) return value
  const base = baseValue === undefined ? 10 : integerArg(baseValue, 2, "tonumber")
  if (base === 10) return typeof value === "string" ? numberOf(value) : typeof value === "number" ? value : undefined
  if (base < 2 || base > 36) return badArgument(2, "tonumber", "base out of range")
  return numberOfBase(stringArg(value, 1, "tonumber"), base)
}

const nextInList: LuaFunction = (table, at) => {
  const next = (at as number) + 1
  const value = (table as LuaTable).get(next)
  return value === undefined ? undefined : [next, value]
}

function ipairs(table: LuaValue): LuaResult {
  return [nextInList, tableArg(table, 1, "ipairs"), 0]
}

/** Lua promises no order; this is the one in which the entries came. */
function pairs(value: LuaValue): LuaResult {
  const table = tableArg(value, 1, "pairs")
  const keys = table.entries().map(([key]) => key)
  let at = 0
  return [
    () => {
      while (at < keys.length) {
        const key = keys[at++]
        const found = table.get(key)
        if (found !== undefined) return [key, found]
      }
      return undefined
    },
    table,
    undefined,
  ]
}

function next(value: LuaValue, after?: LuaValue): LuaResult {
  const entries = tableArg(value, 1, "next").entries()
  if (after !== undefined) throw new LuaNotModelled("next after a key")
  const entry = entries[0]
  return entry === undefined ? undefined : [...entry]
}

function select(which: LuaValue, ...values: LuaValue[]): LuaResult {
  if (which === "#") return values.length
  const at = integerArg(which, 1, "select")
  const begin = at < 0 ? values.length + at : at - 1
  return begin < 0 ? badArgument(1, "select", "index out of range") : values.slice(begin)
}

function error(value: LuaValue, level?: LuaValue): never {
  const isText = typeof value === "string" || typeof value === "number"
  if (isText && (level === undefined || numberArg(level, 2, "error") > 0)) return raise(textOf(value))
  throw new LuaError(value)
}

function pcall(called: LuaValue, ...args: LuaValue[]): LuaResult {
  try {
    return [true, ...all(callable(called)(...args))]
  } catch (caught) {
    if (caught instanceof LuaError) return [false, caughtValue(caught.value, called)]
    throw caught
  }
}

/** Redis gives the text of an error table, so that scripts written for older servers go on working. */
function caughtValue(value: LuaValue, called: LuaValue): LuaValue {
  const text = typeof value === "object" ? value.get("err") : undefined
  if (typeof text === "string") return text
  // What is no function of the script has no place in it.
  const hasPlace = typeof called === "function" && !builtIns.has(called)
  return typeof value === "string" && !hasPlace ? withoutPlace(value) : value
}

function assert(...args: LuaValue[]): LuaResult {
  if (args.length === 0) return badArgument(1, "assert", "value expected")
  if (isTrue(args[0])) return args
  return raise(args[1] === undefined ? "assertion failed!" : stringArg(args[1], 2, "assert"))
}

export const baseLibrary: Readonly<Record<string, LuaFunction>> = {
  tonumber: toNumber,
  tostring: (...args) => (args.length === 0 ? badArgument(1, "tostring", "value expected") : textOf(args[0])),
  type: (...args) => (args.length === 0 ? badArgument(1, "type", "value expected") : typeName(args[0])),
  ipairs,
  pairs,
  next,
  select,
  unpack,
  error,
  pcall,
  assert,
  rawget: (table, key) => tableArg(table, 1, "rawget").get(key),
  rawset: (table, key, value) => {
    tableArg(table, 1, "rawset").set(key, value)
    return table
  },
  rawequal: (one, other) => one === other,
}
