import { compareIds, EntryStream, idText, type EntryId, type StreamEntry } from "../entry-stream.ts"
import type { Keyspace } from "../keyspace.ts"
import { ModelError, type ModelReply } from "../model-reply.ts"
import { command, oneKey, type Command } from "./command.ts"
import { integer } from "./integers.ts"
import { notAnInteger, notModelled, wrongType, type CommandReply } from "./reply.ts"

const badId = new ModelError("ERR Invalid stream ID specified as stream command argument")

/** What a server keeps together, and with "~" removes only together. */
const entriesOfNode = 100

function streamAt(data: Keyspace, key: string): EntryStream | undefined | ModelError {
  const value = data.entry(key)?.value
  return value === undefined || value instanceof EntryStream ? value : wrongType
}

function replace(data: Keyspace, key: string, stream: EntryStream): void {
  data.put(key, stream, data.entry(key)?.expiresMs ?? Infinity)
}

/** XADD key MAXLEN ~ limit * field value ... */
function add(data: Keyspace, [, key = "", ...rest]: readonly string[]): CommandReply {
  const [word = "", about, limit = "", id, ...fields] = rest
  if (word.toUpperCase() !== "MAXLEN" || about !== "~" || id !== "*" || fields.length % 2 !== 0 || fields.length === 0)
    throw notModelled("another XADD than with MAXLEN ~, * and fields")
  const most = integer(limit)
  if (most === undefined) return notAnInteger
  if (most < 0) return new ModelError("ERR The MAXLEN argument must be >= 0.")
  const found = streamAt(data, key) ?? new EntryStream()
  if (found instanceof ModelError) return found
  if (most < entriesOfNode || found.entries.length >= entriesOfNode) throw notModelled("a stream of several nodes")
  const next = found.with(fields, Math.floor(data.nowMs))
  replace(data, key, next)
  return idText(next.last)
}

/** XTRIM key MINID ~ id, of a stream of one node: all or nothing. */
function trim(data: Keyspace, [, key = "", word = "", about, from = ""]: readonly string[]): CommandReply {
  if (word.toUpperCase() !== "MINID" || about !== "~") throw notModelled("another XTRIM than with MINID ~")
  const least = idOf(from, 0)
  if (least === undefined) return badId
  const found = streamAt(data, key)
  if (found === undefined || found instanceof ModelError) return found ?? 0
  const newest = found.entries.at(-1)
  if (newest === undefined || compareIds(newest.id, least) >= 0) return 0
  replace(data, key, found.emptied())
  return found.entries.length
}

function range(data: Keyspace, args: readonly string[], isReverse: boolean): CommandReply {
  const [, key = "", one = "", two = "", word, limit = "", ...more] = args
  const [from, to] = isReverse ? [two, one] : [one, two]
  const [least, most] = [lowerBound(from), upperBound(to)]
  if (least === undefined || most === undefined) return badId
  if (more.length > 0 || (word !== undefined && word.toUpperCase() !== "COUNT"))
    throw notModelled("the options of XRANGE")
  const count = word === undefined ? Infinity : integer(limit)
  if (count === undefined) return notAnInteger
  const found = streamAt(data, key)
  if (found instanceof ModelError) return found
  const within = (found?.entries ?? []).filter(({ id }) => least(id) && most(id))
  return (isReverse ? within.toReversed() : within).slice(0, Math.max(0, count)).map(entryReply)
}

function entryReply({ id, fields }: StreamEntry): ModelReply {
  return [idText(id), [...fields]]
}

type Bound = (id: EntryId) => boolean

function lowerBound(text: string): Bound | undefined {
  if (text === "-") return () => true
  const isOpen = text.startsWith("(")
  const id = idOf(isOpen ? text.slice(1) : text, 0)
  return id && ((other) => (isOpen ? compareIds(other, id) > 0 : compareIds(other, id) >= 0))
}

function upperBound(text: string): Bound | undefined {
  if (text === "+") return () => true
  if (text.startsWith("(")) throw notModelled("an open upper bound of XRANGE")
  const id = idOf(text, Infinity)
  return id && ((other) => compareIds(other, id) <= 0)
}

function idOf(text: string, sequence: number): EntryId | undefined {
  const [, ms, own] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(text) ?? []
  return ms === undefined ? undefined : { ms: Number(ms), sequence: own === undefined ? sequence : Number(own) }
}

/** As far as the streams of events need them. */
export const streamCommands: readonly Command[] = [
  command("xadd -5 write denyoom", oneKey, ({ data }, args) => add(data, args)),
  command("xtrim -4 write", oneKey, ({ data }, args) => trim(data, args)),
  command("xrange -4", oneKey, ({ data }, args) => range(data, args, false)),
  command("xrevrange -4", oneKey, ({ data }, args) => range(data, args, true)),
  command("xlen 2", oneKey, ({ data }, [, key = ""]) => {
    const stream = streamAt(data, key)
    return stream instanceof ModelError ? stream : (stream?.entries.length ?? 0)
  }),
]
