import { baseLibrary } from "./base-library.ts"
import { libraries } from "./globals.ts"
import { LuaTable } from "./lua-table.ts"
import { LuaError, LuaNotModelled } from "./lua-error.ts"
import { all, builtIns, first, isTrue, nothing, type LuaFunction, type LuaResult, type LuaValue } from "./lua-value.ts"
import * as operators from "./operators.ts"

function callMethod(object: LuaValue, name: string, args: readonly LuaValue[]): LuaResult {
  return operators.callable(operators.index(object, name))(object, ...args)
}

function prefixed(prefix: string, library: Readonly<Record<string, LuaFunction>>): [string, LuaFunction][] {
  for (const run of Object.values(library)) builtIns.add(run)
  return Object.entries(library).map(([name, run]) => [`${prefix}_${name}`, run])
}

/** Everything that generated code may name. Library functions are called `<library>_<name>`. */
export const runtime: Readonly<Record<string, unknown>> = {
  ...operators,
  all,
  first,
  isTrue,
  nothing,
  callMethod,
  LuaTable,
  LuaError,
  LuaNotModelled,
  ...Object.fromEntries(prefixed("base", baseLibrary)),
  ...Object.fromEntries(Object.entries(libraries).flatMap(([prefix, library]) => prefixed(prefix, library))),
}
