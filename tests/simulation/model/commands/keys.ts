import { EntryStream } from "../entry-stream.ts"
import { ScoredSet } from "../scored-set.ts"
import { allKeys, command, oneKey, type Command, type Execution } from "./command.ts"
import { notModelled, ok, Status, syntaxError, type CommandReply } from "./reply.ts"

function remove({ data }: Execution, [, ...keys]: readonly string[]): number {
  return keys.filter((key) => data.delete(key)).length
}

function count({ data }: Execution, [, ...keys]: readonly string[]): number {
  return keys.filter((key) => data.entry(key) !== undefined).length
}

function flush({ node }: Execution, [, mode, ...rest]: readonly string[]): CommandReply {
  if (mode !== undefined && (rest.length > 0 || !/^a?sync$/i.test(mode))) return syntaxError
  node.flushAll()
  return ok
}

export const keyCommands: readonly Command[] = [
  command("del -2 write", allKeys, remove),
  command("unlink -2 write", allKeys, remove),
  command("exists -2", allKeys, count),
  command("touch -2", allKeys, count),
  command("type 2", oneKey, ({ data }, [, key = ""]) => {
    const entry = data.entry(key)
    if (entry === undefined) return none
    if (entry.value instanceof ScoredSet) return sortedSet
    if (entry.value instanceof EntryStream) return stream
    return typeof entry.value === "string" ? string : list
  }),
  command("keys 2", undefined, ({ data }, [, pattern]) => {
    if (pattern !== "*") throw notModelled("KEYS with another pattern than *")
    return data.keys()
  }),
  command("dbsize 1", undefined, ({ data }) => data.keys().length),
  command("flushall -1 write", undefined, flush),
  command("flushdb -1 write", undefined, flush),
]

const none = new Status("none")
const string = new Status("string")
const sortedSet = new Status("zset")
const stream = new Status("stream")
const list = new Status("list")
