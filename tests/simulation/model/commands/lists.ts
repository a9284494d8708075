import { EntryStream } from "../entry-stream.ts"
import type { Keyspace } from "../keyspace.ts"
import { ModelError } from "../model-reply.ts"
import { ScoredSet } from "../scored-set.ts"
import { command, oneKey, type Command } from "./command.ts"
import { integer } from "./integers.ts"
import { notAnInteger, wrongType, type CommandReply } from "./reply.ts"

function listAt(data: Keyspace, key: string): readonly string[] | undefined | ModelError {
  const value = data.entry(key)?.value
  return typeof value === "string" || value instanceof ScoredSet || value instanceof EntryStream ? wrongType : value
}

function replace(data: Keyspace, key: string, list: readonly string[]): void {
  if (list.length === 0) data.delete(key)
  else data.put(key, list, data.entry(key)?.expiresMs ?? Infinity)
}

function push(data: Keyspace, [, key = "", ...added]: readonly string[], end: "left" | "right"): CommandReply {
  const list = listAt(data, key) ?? []
  if (list instanceof ModelError) return list
  const next = end === "right" ? [...list, ...added] : [...added.toReversed(), ...list]
  replace(data, key, next)
  return next.length
}

function pop(data: Keyspace, args: readonly string[], end: "left" | "right"): CommandReply {
  const [name = "", key = "", countText] = args
  if (args.length > 3) return new ModelError(`ERR wrong number of arguments for '${name.toLowerCase()}' command`)
  const count = countText === undefined ? 1 : integer(countText)
  if (count === undefined || count < 0) return new ModelError("ERR value is out of range, must be positive")
  const list = listAt(data, key)
  if (list instanceof ModelError) return list
  if (list === undefined) return null
  const taken = end === "left" ? list.slice(0, count) : list.slice(Math.max(0, list.length - count)).toReversed()
  const left = end === "left" ? list.slice(count) : list.slice(0, Math.max(0, list.length - count))
  if (taken.length > 0) replace(data, key, left)
  return countText === undefined ? (taken[0] ?? null) : taken
}

function range(data: Keyspace, [, key = "", fromText = "", toText = ""]: readonly string[]): CommandReply {
  const from = integer(fromText)
  const to = integer(toText)
  if (from === undefined || to === undefined) return notAnInteger
  const list = listAt(data, key) ?? []
  if (list instanceof ModelError) return list
  const first = Math.max(0, from < 0 ? list.length + from : from)
  const last = to < 0 ? list.length + to : to
  return list.slice(first, Math.max(0, last + 1))
}

/** There only for keys of another type than ours, and so not complete. */
export const listCommands: readonly Command[] = [
  command("rpush -3 write denyoom", oneKey, ({ data }, args) => push(data, args, "right")),
  command("lpush -3 write denyoom", oneKey, ({ data }, args) => push(data, args, "left")),
  command("rpop -2 write", oneKey, ({ data }, args) => pop(data, args, "right")),
  command("lpop -2 write", oneKey, ({ data }, args) => pop(data, args, "left")),
  command("lrange 4", oneKey, ({ data }, args) => range(data, args)),
  command("llen 2", oneKey, ({ data }, [, key = ""]) => {
    const list = listAt(data, key)
    return list instanceof ModelError ? list : (list?.length ?? 0)
  }),
  command("lindex 3", oneKey, ({ data }, [, key = "", atText = ""]) => {
    const list = listAt(data, key)
    if (list === undefined || list instanceof ModelError) return list ?? null
    const at = integer(atText)
    return at === undefined ? notAnInteger : (list.at(at) ?? null)
  }),
]
