import type { Keyspace } from "../keyspace.ts"
import { ModelError } from "../model-reply.ts"
import { command, oneKey, type Command, type Execution } from "./command.ts"
import { expiryOf, isExpiryUnit, type ExpiryUnit } from "./expiry-time.ts"
import { ok, syntaxError, wrongType, type CommandReply } from "./reply.ts"

interface SetOptions {
  only: "NX" | "XX" | undefined
  /** What the value must be for it to be replaced. */
  expected: string | undefined
  get: boolean
  keepTtl: boolean
  unit: ExpiryUnit | undefined
  amount: string
}

function setOptions(args: readonly string[], knowsIfEq: boolean): SetOptions | undefined {
  const options: SetOptions = {
    only: undefined,
    expected: undefined,
    get: false,
    keepTtl: false,
    unit: undefined,
    amount: "",
  }
  for (let at = 3; at < args.length; at++) {
    const word = (args[at] as string).toUpperCase()
    const next = args[at + 1]
    if (
      word === "IFEQ" &&
      knowsIfEq &&
      next !== undefined &&
      options.only === undefined &&
      options.expected === undefined
    ) {
      options.expected = next
      at++
    } else if (options.expected === undefined && (word === "NX" || word === "XX") && (options.only ?? word) === word)
      options.only = word
    else if (word === "GET") options.get = true
    else if (word === "KEEPTTL" && options.unit === undefined) options.keepTtl = true
    else if (isExpiryUnit(word) && next !== undefined && options.unit === undefined && !options.keepTtl) {
      options.unit = word
      options.amount = next
      at++
    } else return undefined
  }
  return options
}

function set({ data, node }: Execution, args: readonly string[]): CommandReply {
  const [, key = "", value = ""] = args
  if (args.length === 3) {
    data.put(key, value, Infinity)
    return ok
  }
  const options = setOptions(args, node.newer.has("SET IFEQ"))
  if (options === undefined) return syntaxError
  const { unit, amount, only, expected, get, keepTtl } = options
  const expiry = unit === undefined ? undefined : expiryOf(amount, unit, data.nowMs, "set")
  if (expiry instanceof ModelError) return expiry
  const present = data.entry(key)
  const mustBeText = get || expected !== undefined
  if (mustBeText && present !== undefined && typeof present.value !== "string") return wrongType
  const former = get ? ((present?.value as string | undefined) ?? null) : undefined
  if (only !== undefined && (only === "NX") === (present !== undefined)) return former ?? null
  if (expected !== undefined && present?.value !== expected) return former ?? null
  data.put(key, value, expiry ?? (keepTtl ? present?.expiresMs : undefined) ?? Infinity)
  return former === undefined ? ok : former
}

function setFor(data: Keyspace, [name = "", key = "", amount = "", value = ""]: readonly string[], unit: "EX" | "PX") {
  const expiry = expiryOf(amount, unit, data.nowMs, name.toLowerCase())
  if (expiry instanceof ModelError) return expiry
  data.put(key, value, expiry)
  return ok
}

function getEx(data: Keyspace, args: readonly string[]): CommandReply {
  const [, key = "", option = "", amount, ...rest] = args
  const unit = option.toUpperCase()
  const persists = unit === "PERSIST" && amount === undefined
  if (args.length > 2 && !persists && (!isExpiryUnit(unit) || amount === undefined || rest.length > 0))
    return syntaxError
  const entry = data.entry(key)
  if (entry === undefined) return null
  if (typeof entry.value !== "string") return wrongType
  if (persists && entry.expiresMs !== Infinity) data.put(key, entry.value, Infinity)
  if (args.length === 2 || persists || amount === undefined) return entry.value
  const expiry = expiryOf(amount, unit as ExpiryUnit, data.nowMs, "getex")
  if (expiry instanceof ModelError) return expiry
  if (expiry <= data.nowMs) data.delete(key)
  else data.put(key, entry.value, expiry)
  return entry.value
}

export const settingCommands: readonly Command[] = [
  command("set -3 write denyoom", oneKey, set),
  command("setnx 3 write denyoom", oneKey, ({ data }, [, key = "", value = ""]) => {
    if (data.entry(key) !== undefined) return 0
    data.put(key, value, Infinity)
    return 1
  }),
  command("setex 4 write denyoom", oneKey, ({ data }, args) => setFor(data, args, "EX")),
  command("psetex 4 write denyoom", oneKey, ({ data }, args) => setFor(data, args, "PX")),
  command("getex -2 write", oneKey, ({ data }, args) => getEx(data, args)),
]
