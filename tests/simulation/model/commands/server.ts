import { command, container, type Command, type Execution } from "./command.ts"
import { notModelled, type CommandReply } from "./reply.ts"
import { serverInfo } from "./server-info.ts"

/** Settings that the library reads, as a server starts with them. */
const settings: Readonly<Record<string, string>> = { maxmemory: "0", "maxmemory-policy": "noeviction" }

function getSettings(_: Execution, [, , ...names]: readonly string[]): CommandReply {
  return names.flatMap((name) => {
    const setting = settings[name.toLowerCase()]
    if (setting === undefined) throw notModelled(`the setting ${name}`)
    return [name.toLowerCase(), setting]
  })
}

function time({ node }: Execution): CommandReply {
  const { nowMs } = node
  const seconds = Math.floor(nowMs / 1000)
  return [String(seconds), String(Math.floor((nowMs - seconds * 1000) * 1000))]
}

function aboutCommands({ node }: Execution, [, , ...names]: readonly string[]): CommandReply {
  return names.map((name) => {
    const found = node.commandNamed(name)
    return found === undefined ? null : [found.name, found.arity, [...found.flags], ...keyPositions(found)]
  })
}

const ifEq = ["arguments", [["name", "comparison-value", "type", "string", "token", "IFEQ"]]]

/** Only that they are there, and that SET compares if it does: unknown ones are left out. */
function documents({ node }: Execution, [, , ...names]: readonly string[]): CommandReply {
  return names.flatMap((name) => {
    const found = node.commandNamed(name)
    return found === undefined ? [] : [found.name, found.name === "set" && node.newer.has("SET IFEQ") ? ifEq : []]
  })
}

function keyPositions({ keys }: Command): readonly number[] {
  return typeof keys === "function" ? [0, 0, 0] : keys
}

function replyToRole({ node }: Execution): CommandReply {
  if (node.role === "replica") throw notModelled("ROLE of a replica")
  return ["master", 0, []]
}

export const serverCommands: readonly Command[] = [
  command("time 1 loading stale", undefined, time),
  command("info -1 loading stale", undefined, ({ node }, [, ...sections]) => serverInfo(node, sections)),
  command("role 1 noscript loading stale", undefined, replyToRole),
  container(
    "config -2",
    [command("config|get -3 noscript loading stale", undefined, getSettings)],
    "help resetstat rewrite set",
  ),
  container(
    "command -1",
    [
      command("command|info -2 loading stale", undefined, aboutCommands),
      command("command|docs -2 loading stale", undefined, documents),
    ],
    "count getkeys getkeysandflags help list",
  ),
]
