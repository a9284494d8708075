import type { Keyspace } from "../keyspace.ts"
import { ModelError } from "../model-reply.ts"
import { command, oneKey, type Command } from "./command.ts"
import { deadlineOf, type ExpiryUnit } from "./expiry-time.ts"
import { integer } from "./integers.ts"
import { notAnInteger, type CommandReply } from "./reply.ts"

const known = new Set(["NX", "XX", "GT", "LT"])

function conditionError(words: ReadonlySet<string>, given: readonly string[]): ModelError | undefined {
  const strange = given.find((word) => !known.has(word.toUpperCase()))
  if (strange !== undefined) return new ModelError(`ERR Unsupported option ${strange}`)
  if (words.has("NX") && words.size > 1) {
    return new ModelError("ERR NX and XX, GT or LT options at the same time are not compatible")
  }
  if (words.has("GT") && words.has("LT")) {
    return new ModelError("ERR GT and LT options at the same time are not compatible")
  }
  return undefined
}

function forbids(words: ReadonlySet<string>, presentMs: number, nextMs: number): boolean {
  if (words.has("NX") && presentMs !== Infinity) return true
  if (words.has("XX") && presentMs === Infinity) return true
  if (words.has("GT") && nextMs <= presentMs) return true
  return words.has("LT") && nextMs >= presentMs
}

function expire(data: Keyspace, [name = "", key = "", amount = "", ...given]: readonly string[], unit: ExpiryUnit) {
  const words = new Set(given.map((word) => word.toUpperCase()))
  const error = conditionError(words, given)
  if (error !== undefined) return error
  const value = integer(amount)
  if (value === undefined) return notAnInteger
  const deadlineMs = deadlineOf(value, unit, data.nowMs, name.toLowerCase())
  if (deadlineMs instanceof ModelError) return deadlineMs
  const entry = data.entry(key)
  if (entry === undefined || forbids(words, entry.expiresMs, deadlineMs)) return 0
  if (deadlineMs <= data.nowMs) data.delete(key)
  else data.put(key, entry.value, deadlineMs)
  return 1
}

/** -2: no such key; -1: it never ends. */
function ending(data: Keyspace, key: string, tell: (expiresMs: number) => number): CommandReply {
  const entry = data.entry(key)
  if (entry === undefined) return -2
  return entry.expiresMs === Infinity ? -1 : tell(entry.expiresMs)
}

export const expiryCommands: readonly Command[] = [
  command("expire -3 write", oneKey, ({ data }, args) => expire(data, args, "EX")),
  command("pexpire -3 write", oneKey, ({ data }, args) => expire(data, args, "PX")),
  command("expireat -3 write", oneKey, ({ data }, args) => expire(data, args, "EXAT")),
  command("pexpireat -3 write", oneKey, ({ data }, args) => expire(data, args, "PXAT")),
  command("persist 2 write", oneKey, ({ data }, [, key = ""]) => {
    const entry = data.entry(key)
    if (entry === undefined || entry.expiresMs === Infinity) return 0
    data.put(key, entry.value, Infinity)
    return 1
  }),
  command("ttl 2", oneKey, ({ data }, [, key = ""]) =>
    ending(data, key, (expiresMs) => Math.floor((expiresMs - data.nowMs + 500) / 1000)),
  ),
  command("pttl 2", oneKey, ({ data }, [, key = ""]) => ending(data, key, (expiresMs) => expiresMs - data.nowMs)),
  command("expiretime 2", oneKey, ({ data }, [, key = ""]) =>
    ending(data, key, (expiresMs) => Math.floor((expiresMs + 500) / 1000)),
  ),
  command("pexpiretime 2", oneKey, ({ data }, [, key = ""]) => ending(data, key, (expiresMs) => expiresMs)),
]
