import { createHash } from "node:crypto"
import { stringArg } from "./arguments.ts"
import { LuaError } from "./lua-error.ts"
import { LuaTable } from "./lua-table.ts"
import { nothing, type LuaFunction, type LuaValue } from "./lua-value.ts"
import { mathLibrary } from "./math-library.ts"
import { stringLibrary } from "./string-library.ts"
import { structLibrary } from "./struct-library.ts"
import { tableLibrary } from "./table-library.ts"

/** `redis.error_reply`: the first of several words is the code, and a single word gets one. */
function errorReply(value: LuaValue): LuaTable {
  if (typeof value !== "string") return LuaTable.fields("err", "ERR wrong number or type of arguments")
  const text = value.startsWith("-") ? value.slice(1) : value
  return LuaTable.fields("err", text.includes(" ") ? text : `ERR ${text}`)
}

function statusReply(value: LuaValue): LuaTable {
  return typeof value === "string" ? LuaTable.fields("ok", value) : errorReply(value)
}

const redisLibrary: Readonly<Record<string, LuaFunction>> = {
  error_reply: errorReply,
  status_reply: statusReply,
  sha1hex: (...args) => {
    if (args.length !== 1) throw new LuaError(LuaTable.fields("err", "ERR wrong number of arguments"))
    return createHash("sha1")
      .update(stringArg(args[0], 1, "sha1hex"), "latin1")
      .digest("hex")
  },
  replicate_commands: () => true,
  log: () => nothing,
}

/** Tables of functions that every script sees. `redis.call` and `redis.pcall` are not among them: they belong to one run. */
export const libraries: Readonly<Record<string, Readonly<Record<string, LuaFunction>>>> = {
  string: stringLibrary,
  table: tableLibrary,
  math: mathLibrary,
  struct: structLibrary,
  redis: redisLibrary,
}

export const constants: Readonly<Record<string, string>> = {
  "math.huge": "Infinity",
  "math.pi": "Math.PI",
  "redis.LOG_DEBUG": "0",
  "redis.LOG_VERBOSE": "1",
  "redis.LOG_NOTICE": "2",
  "redis.LOG_WARNING": "3",
}

/** Those that always give exactly one value. */
export const singles: ReadonlySet<string> = new Set([
  ...Object.keys(mathLibrary).map((name) => `math_${name}`),
  ...["sub", "char", "rep", "lower", "upper", "format", "gmatch", "len", "reverse"].map((name) => `string_${name}`),
  ...["tonumber", "tostring", "type", "rawget", "rawset", "rawequal"].map((name) => `base_${name}`),
  ...["error_reply", "status_reply", "sha1hex", "replicate_commands"].map((name) => `redis_${name}`),
  "table_concat",
  "table_getn",
  "struct_pack",
])
