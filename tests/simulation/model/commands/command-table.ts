import { ModelError } from "../model-reply.ts"
import { clusterCommands } from "./cluster.ts"
import type { Command } from "./command.ts"
import { connectionCommands } from "./connection.ts"
import { expiryCommands } from "./expiry.ts"
import { keyCommands } from "./keys.ts"
import { listCommands } from "./lists.ts"
import { newerCommands } from "./newer.ts"
import { pubsubCommands } from "./pubsub.ts"
import { notModelled } from "./reply.ts"
import { scanCommands } from "./scan.ts"
import { scriptCommands } from "./scripting.ts"
import { serverCommands } from "./server.ts"
import { settingCommands } from "./setting.ts"
import { sortedSetCommands } from "./sorted-sets.ts"
import { streamCommands } from "./streams.ts"
import { stringCommands } from "./strings.ts"
import { isRedisCommand } from "./redis-commands.ts"

const families = [
  stringCommands,
  settingCommands,
  keyCommands,
  scanCommands,
  expiryCommands,
  listCommands,
  sortedSetCommands,
  streamCommands,
  pubsubCommands,
  connectionCommands,
  serverCommands,
  scriptCommands,
  clusterCommands,
  newerCommands,
]

/** By name, in upper and in lower case. */
const table = new Map<string, Command>(
  families.flat().flatMap((each) => [[each.name.toUpperCase(), each] as const, [each.name, each] as const]),
)

/** Undefined if the server does not know it either; throws if only the model does not. */
export function findCommand(name: string): Command | undefined {
  const found = table.get(name) ?? table.get(name.toLowerCase())
  if (found === undefined && isRedisCommand(name.toLowerCase())) throw notModelled(name)
  return found
}

const mostShown = 128

export function unknownCommand(args: readonly string[]): ModelError {
  const [name = "", ...rest] = args
  let shown = ""
  for (const arg of rest) {
    if (shown.length >= mostShown) break
    shown += `'${arg.slice(0, mostShown - shown.length)}' `
  }
  const text = `ERR unknown command '${name.slice(0, mostShown)}', with args beginning with: ${shown}`
  return new ModelError(text.replaceAll(/[\r\n]/g, " "))
}
