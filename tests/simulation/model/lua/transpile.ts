import luaparse from "luaparse"
import type { Chunk } from "luaparse"
import { LuaNotModelled, LuaSyntaxError } from "./lua-error.ts"
import type { LuaTable } from "./lua-table.ts"
import type { LuaResult, LuaValue } from "./lua-value.ts"
import { inParentheses } from "./parentheses.ts"
import { runtime } from "./runtime.ts"
import { FunctionFrame, Names, Scope } from "./scope.ts"
import { assignedNames } from "./assigned-names.ts"
import { StatementWriter } from "./statement-writer.ts"

/** What `redis.call` and `redis.pcall` do in one run. */
export interface LuaHost {
  call(args: LuaValue[]): LuaValue
  pcall(args: LuaValue[]): LuaValue
}

/** A script as a function. It throws LuaError if the script fails. */
export type LuaProgram = (host: LuaHost, keys: LuaTable, args: LuaTable) => LuaResult

/**
 * Makes JavaScript of a script, once for all its runs.
 *
 * Throws LuaSyntaxError if it is no Lua, and LuaNotModelled if it is Lua that the model does not know.
 */
export function transpile(text: string): LuaProgram {
  if (text.startsWith("#!")) throw new LuaNotModelled("a script with flags (#!lua)")
  const source = javaScriptOf(text)
  // oxlint-disable-next-line typescript/no-implied-eval -- the text is the library's own, or a test's.
  const factory = new Function("R", source) as (names: typeof runtime) => LuaProgram
  return factory(runtime)
}

function parse(text: string): Chunk {
  try {
    return luaparse.parse(text, { comments: true, ranges: true, luaVersion: "5.1", encodingMode: "pseudo-latin1" })
  } catch (error) {
    throw new LuaSyntaxError(error instanceof Error ? error.message : "not Lua")
  }
}

/** The text of the function that makes the program. */
export function javaScriptOf(text: string): string {
  const chunk = parse(text)
  const scope = new Scope(new Names(), new FunctionFrame(false))
  const writer = new StatementWriter(assignedNames(chunk), inParentheses(chunk, text))
  const body = writer.body(chunk.body, scope)
  const used = [...writer.used].toSorted().join(", ")
  return `"use strict";
const { ${used} } = R;
return function (host, KEYS, ARGV) {
${scope.frame.declarations()}${body}};`
}
