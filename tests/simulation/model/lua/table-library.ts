import { integerArg, stringArg, tableArg } from "./arguments.ts"
import { LuaNotModelled, raise } from "./lua-error.ts"
import { nothing, typeName, type LuaFunction, type LuaResult, type LuaValue } from "./lua-value.ts"
import { numberText } from "./number-text.ts"

function insert(...args: LuaValue[]): LuaResult {
  const table = tableArg(args[0], 1, "insert")
  const { length } = table
  if (args.length === 2) {
    if (args[1] !== undefined) table.set(length + 1, args[1])
    return nothing
  }
  if (args.length !== 3) return raise("wrong number of arguments to 'insert'")
  const at = integerArg(args[1], 2, "insert")
  if (at < 1 || at > length + 1 || args[2] === undefined) throw new LuaNotModelled("inserting outside a list, or nil")
  table.list.splice(at - 1, 0, args[2])
  return nothing
}

function remove(...args: LuaValue[]): LuaResult {
  const table = tableArg(args[0], 1, "remove")
  const { length } = table
  const at = args[1] === undefined ? length : integerArg(args[1], 2, "remove")
  if (at < 1 || at > length) return nothing
  return table.list.splice(at - 1, 1)[0]
}

function concat(value: LuaValue, separator?: LuaValue, from?: LuaValue, to?: LuaValue): string {
  const table = tableArg(value, 1, "concat")
  const between = separator === undefined ? "" : stringArg(separator, 2, "concat")
  const begin = from === undefined ? 1 : integerArg(from, 3, "concat")
  const end = to === undefined ? table.length : integerArg(to, 4, "concat")
  const texts: string[] = []
  for (let at = begin; at <= end; at++) {
    const item = table.get(at)
    if (typeof item === "string") texts.push(item)
    else if (typeof item === "number") texts.push(numberText(item))
    else raise(`invalid value (${typeName(item)}) at index ${at} in table for 'concat'`)
  }
  return texts.join(between)
}

export function unpack(value: LuaValue, from?: LuaValue, to?: LuaValue): readonly LuaValue[] {
  const table = tableArg(value, 1, "unpack")
  const begin = from === undefined ? 1 : integerArg(from, 2, "unpack")
  const end = to === undefined ? table.length : integerArg(to, 3, "unpack")
  if (end - begin > 7000) raise("too many results to unpack")
  return Array.from({ length: Math.max(0, end - begin + 1) }, (_, at) => table.get(begin + at))
}

export const tableLibrary: Readonly<Record<string, LuaFunction>> = {
  insert,
  remove,
  concat,
  getn: (value) => tableArg(value, 1, "getn").length,
}
