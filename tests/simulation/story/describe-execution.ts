import { ModelError, type ModelReply } from "../model/model-reply.ts"
import { readEntryText } from "../oracles/entry-text.ts"
import type { KeySpace } from "../workload/key-space.ts"

const entryAt: Readonly<Record<string, number>> = { FILL: 6, CLOSE: 6, PUT: 5, SET: 2 }
const quiet = new Set(["INFO", "TIME", "PING", "EVAL", "SUBSCRIBE", "HELLO", "CLUSTER", "ASKING"])

/** What a server did, in words; undefined for what belongs to connections. */
export function describeExecution(
  name: string,
  args: readonly string[],
  reply: ModelReply,
  keys: KeySpace,
): string | undefined {
  if (quiet.has(name)) return undefined
  const key = keys.indexOf(args[1]) ?? keys.indexOf(args[3])
  const keyName = key === undefined ? "" : ` ${keys.names[key]}`
  const entry = args[entryAt[name] ?? -1]
  const carried = entry === undefined ? "" : ` ${describeEntry(entry)}`
  return `${name}${keyName}${carried} -> ${describeReply(reply)}`
}

function describeEntry(bytes: string): string {
  if (bytes === "") return "with nothing"
  const { isAbsent, row } = readEntryText(bytes)
  return isAbsent ? "with an absence" : `with version ${row}`
}

function describeReply(reply: ModelReply): string {
  if (reply === null) return "nothing"
  if (reply instanceof ModelError) return reply.text
  if (typeof reply === "number") return String(reply)
  if (typeof reply === "string") return reply.startsWith("HF") ? describeEntry(reply) : reply.slice(0, 40)
  return reply.map(describeReply).join(", ")
}
