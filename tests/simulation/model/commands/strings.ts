import type { Keyspace } from "../keyspace.ts"
import { ModelError } from "../model-reply.ts"
import { allKeys, command, oneKey, type Command } from "./command.ts"
import { integer } from "./integers.ts"
import { notAnInteger, notModelled, ok, wrongType, type CommandReply } from "./reply.ts"

const tooLong = new ModelError("ERR string exceeds maximum allowed size (proto-max-bulk-len)")
const longest = 512 * 1024 * 1024

function get(data: Keyspace, key: string): string | null | ModelError {
  const entry = data.entry(key)
  if (entry === undefined) return null
  return typeof entry.value === "string" ? entry.value : wrongType
}

/** Puts a string in the place of another, whose end it keeps. */
function replace(data: Keyspace, key: string, value: string): void {
  data.put(key, value, data.entry(key)?.expiresMs ?? Infinity)
}

function getRange(data: Keyspace, args: readonly string[]): CommandReply {
  const from = integer(args[2] as string)
  const to = integer(args[3] as string)
  if (from === undefined || to === undefined) return notAnInteger
  const text = get(data, args[1] as string)
  if (text instanceof ModelError) return text
  if (text === null || (from < 0 && to < 0 && from > to)) return ""
  const first = Math.max(0, from < 0 ? text.length + from : from)
  const last = Math.max(0, to < 0 ? text.length + to : to)
  return text.slice(first, last + 1)
}

function setRange(data: Keyspace, args: readonly string[]): CommandReply {
  const [, key = "", offsetText = "", value = ""] = args
  const offset = integer(offsetText)
  if (offset === undefined) return notAnInteger
  if (offset < 0) return new ModelError("ERR offset is out of range")
  const text = get(data, key)
  if (text instanceof ModelError) return text
  if (value === "") return text?.length ?? 0
  if (offset + value.length > longest) return tooLong
  const before = text ?? ""
  const padded = before.slice(0, offset).padEnd(offset, "\0")
  const after = padded + value + before.slice(offset + value.length)
  replace(data, key, after)
  return after.length
}

function increase(data: Keyspace, key: string, byText: string, sign: 1 | -1): CommandReply {
  const by = integer(byText)
  if (by === undefined) return notAnInteger
  const text = get(data, key)
  if (text instanceof ModelError) return text
  const value = text === null ? 0 : integer(text)
  if (value === undefined) return notAnInteger
  const sum = value + sign * by
  if (![value, by, sum].every(Number.isSafeInteger)) throw notModelled("counters beyond 2^53")
  replace(data, key, String(sum))
  return sum
}

export const stringCommands: readonly Command[] = [
  command("get 2", oneKey, ({ data }, args) => get(data, args[1] as string)),
  command("mget -2", allKeys, ({ data }, [, ...keys]) =>
    keys.map((key) => {
      const value = get(data, key)
      return typeof value === "string" ? value : null
    }),
  ),
  command("strlen 2", oneKey, ({ data }, [, key = ""]) => {
    const text = get(data, key)
    return text instanceof ModelError ? text : (text?.length ?? 0)
  }),
  command("getrange 4", oneKey, ({ data }, args) => getRange(data, args)),
  command("substr 4", oneKey, ({ data }, args) => getRange(data, args)),
  command("setrange 4 write denyoom", oneKey, ({ data }, args) => setRange(data, args)),
  command("append 3 write denyoom", oneKey, ({ data }, [, key = "", tail = ""]) => {
    const text = get(data, key)
    if (text instanceof ModelError) return text
    const whole = (text ?? "") + tail
    replace(data, key, whole)
    return whole.length
  }),
  command("getdel 2 write", oneKey, ({ data }, [, key = ""]) => {
    const text = get(data, key)
    if (typeof text === "string") data.delete(key)
    return text
  }),
  command("getset 3 write denyoom", oneKey, ({ data }, [, key = "", value = ""]) => {
    const text = get(data, key)
    if (!(text instanceof ModelError)) data.put(key, value, Infinity)
    return text
  }),
  command("mset -3 write denyoom", [1, -1, 2], ({ data }, args) => {
    if (args.length % 2 === 0) return new ModelError("ERR wrong number of arguments for 'mset' command")
    for (let at = 1; at < args.length; at += 2) data.put(args[at] as string, args[at + 1] as string, Infinity)
    return ok
  }),
  command("incr 2 write denyoom", oneKey, ({ data }, [, key = ""]) => increase(data, key, "1", 1)),
  command("decr 2 write denyoom", oneKey, ({ data }, [, key = ""]) => increase(data, key, "1", -1)),
  command("incrby 3 write denyoom", oneKey, ({ data }, [, key = "", by = ""]) => increase(data, key, by, 1)),
  command("decrby 3 write denyoom", oneKey, ({ data }, [, key = "", by = ""]) => increase(data, key, by, -1)),
]
