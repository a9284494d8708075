import type { Keyspace } from "../keyspace.ts"
import { ModelError } from "../model-reply.ts"
import { command, oneKey, type Command } from "./command.ts"
import { notModelled, wrongType, type CommandReply } from "./reply.ts"

/** What newer servers can do: Redis 8.4 has the first two, Valkey 8.1 the first, 9.0 the first and the last. */
export type NewerCommand = "SET IFEQ" | "DELEX" | "DELIFEQ"

const notText = new ModelError("ERR Key should be of string type if conditions are specified")

function deleteEqual(data: Keyspace, key: string, expected: string, refusal: ModelError): CommandReply {
  const entry = data.entry(key)
  if (entry === undefined) return 0
  if (typeof entry.value !== "string") return refusal
  if (entry.value !== expected) return 0
  data.delete(key)
  return 1
}

export const newerCommands: readonly Command[] = [
  command("delex -2 write", oneKey, ({ data }, args) => {
    const [, key = "", option = "", expected] = args
    if (option.toUpperCase() !== "IFEQ" || expected === undefined || args.length > 4) throw notModelled("such a DELEX")
    return deleteEqual(data, key, expected, notText)
  }),
  command("delifeq 3 write", oneKey, ({ data }, [, key = "", expected = ""]) =>
    deleteEqual(data, key, expected, wrongType),
  ),
]

const names: ReadonlySet<string> = new Set(newerCommands.map(({ name }) => name.toUpperCase()))

/** Whether only newer servers know it. */
export function isNewer(name: string): name is NewerCommand {
  return names.has(name)
}
