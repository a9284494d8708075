import { ModelError, type ModelReply } from "../model/model-reply.ts"
import { readEntryText } from "../oracles/entry-text.ts"
import { groupTagKeys, tagKeys } from "../workload/categories.ts"
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
  if (name === "COMMAND" && !(reply instanceof ModelError)) return `asked for newer commands: ${newerIn(reply)}`
  const key = keys.indexOf(args[1]) ?? keys.indexOf(args[3])
  const keyName = key === undefined ? describeTag(args) : ` ${keys.names[key]}`
  const entry = args[entryAt[name] ?? -1]
  const carried = entry === undefined ? "" : ` ${describeEntry(entry)}`
  return `${name}${keyName}${carried} -> ${describeReply(reply)}`
}

/** Of a tag, of that which every entry carries, or of the tag clock; with the time that it is to be at. */
function describeTag(args: readonly string[]): string {
  const at = args.findIndex((each) => tagKeys.includes(each) || groupTagKeys.includes(each))
  if (at < 0) return ""
  const [, name = ""] = /\{(.*)\}/.exec(args[at] ?? "") ?? []
  const operands = args.slice(at + 1).filter((each) => /^[\da-f-]+$/.test(each))
  return [` ${name}`, ...operands].map(shortened).join(" ")
}

/** Eras and incarnations are told apart by their beginning. */
function shortened(text: string): string {
  return text.replace(/[\da-f]{32}/g, (each) => each.slice(0, 4))
}

function describeEntry(bytes: string): string {
  if (bytes === "") return "with nothing"
  const { isAbsent, row } = readEntryText(bytes)
  return isAbsent ? "with an absence" : `with version ${row}`
}

/** What the library looks for in the replies of COMMAND INFO and COMMAND DOCS. */
function newerIn(reply: ModelReply): string {
  const words = wordsOf(reply)
  const others = words.filter((word) => /^del(ex|ifeq)$/.test(word)).map((word) => word.toUpperCase())
  return [...(words.includes("IFEQ") ? ["SET IFEQ"] : []), ...others].join(", ") || "none"
}

function wordsOf(reply: ModelReply): string[] {
  if (typeof reply === "string") return [reply]
  return reply === null || typeof reply === "number" || reply instanceof ModelError ? [] : reply.flatMap(wordsOf)
}

function describeReply(reply: ModelReply): string {
  if (reply === null) return "nothing"
  if (reply instanceof ModelError) return reply.text
  if (typeof reply === "number") return String(reply)
  if (typeof reply === "string") return isEntry(reply) ? describeEntry(reply) : printable(shortened(reply).slice(0, 40))
  // A granted lease comes with its end by the server's clock, which says nothing in virtual time.
  const shown = reply[0] === "win" ? reply.slice(0, 1) : reply
  return shown.map(describeReply).join(", ")
}

/** The library's entries, and those of the naive cache, whose head is empty. */
function isEntry(bytes: string): boolean {
  return bytes.startsWith("HF") || bytes.startsWith("\0".repeat(64))
}

function printable(text: string): string {
  return text.replace(/[^ -~]/g, ".")
}
