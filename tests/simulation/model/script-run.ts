import { chosen, type Command, type Execution } from "./commands/command.ts"
import { notModelled, Status, type CommandReply } from "./commands/reply.ts"
import { LuaError } from "./lua/lua-error.ts"
import { LuaTable } from "./lua/lua-table.ts"
import { first, textOf, type LuaValue } from "./lua/lua-value.ts"
import { general } from "./lua/number-text.ts"
import type { LuaHost, LuaProgram } from "./lua/transpile.ts"
import { ModelError, type ModelReply } from "./model-reply.ts"
import { scriptRefusalFor } from "./refusals.ts"

/** Runs a script to its end or its error; what it has done by then stays done. */
export function runScript(execution: Execution, program: LuaProgram, keys: string[], args: string[]): ModelReply {
  const host = new ScriptHost(execution)
  try {
    return replyOf(first(program(host, new LuaTable(keys), new LuaTable(args))))
  } catch (error) {
    if (error instanceof LuaError) return raisedReply(error.value)
    throw error
  }
}

class ScriptHost implements LuaHost {
  readonly #execution: Execution
  /** Whether it has tried to write: a server that is out of memory lets it go on then. */
  #hasWritten = false

  constructor(execution: Execution) {
    this.#execution = execution
  }

  call(args: LuaValue[]): LuaValue {
    const reply = this.#run(args)
    if (reply instanceof ModelError) throw new LuaError(errorTable(reply.text))
    return luaOf(reply)
  }

  pcall(args: LuaValue[]): LuaValue {
    const reply = this.#run(args)
    return reply instanceof ModelError ? errorTable(reply.text) : luaOf(reply)
  }

  #run(values: readonly LuaValue[]): CommandReply {
    if (values.length === 0) return noCommand
    const args: string[] = []
    for (const value of values) {
      if (typeof value === "string") args.push(value)
      else if (typeof value === "number") args.push(general(value, 17))
      else return badArguments
    }
    const found = this.#execution.node.commandNamed(args[0] as string)
    if (found === undefined) return unknownCommand
    const command = chosen(found, args)
    if (command instanceof ModelError) return found.subcommands === undefined ? wrongCount : unknownCommand
    return this.#refusal(command, args) ?? command.run(this.#execution, args)
  }

  #refusal(command: Command, args: readonly string[]): ModelError | undefined {
    if (command.flags.has("noscript")) return notAllowed
    const { node, session } = this.#execution
    const refused =
      (node.role === "replica" ? scriptRefusalFor("READONLY", command, this.#hasWritten) : undefined) ??
      (node.refusal === "" ? undefined : scriptRefusalFor(node.refusal, command, this.#hasWritten))
    if (refused !== undefined) return refused
    if (command.isWrite) this.#hasWritten = true
    return node.cluster?.scriptRefusal(node, command, session, args)
  }
}

const noCommand = new ModelError("ERR Please specify at least one argument for this redis lib call")
const badArguments = new ModelError("ERR Lua redis lib command arguments must be strings or integers")
const unknownCommand = new ModelError("ERR Unknown Redis command called from script")
const wrongCount = new ModelError("ERR Wrong number of args calling Redis command from script")
const notAllowed = new ModelError("ERR This Redis command is not allowed from script")

function errorTable(text: string): LuaTable {
  return LuaTable.fields("err", text)
}

/** What a command answers, as a script sees it. */
function luaOf(reply: CommandReply): LuaValue {
  if (reply === null) return false
  if (typeof reply === "string" || typeof reply === "number") return reply
  if (reply instanceof Status) return LuaTable.fields("ok", reply.text)
  if (reply instanceof ModelError) return errorTable(reply.text)
  return LuaTable.of(reply.map(luaOf))
}

const otherReplies = ["double", "map", "set", "big_number", "verbatim_string"]

/** What a script returns, as its caller sees it. */
function replyOf(value: LuaValue): ModelReply {
  if (typeof value === "string") return value
  if (typeof value === "number") return wholeReply(value)
  if (value === true) return 1
  if (value === undefined || value === false || typeof value === "function") return null
  const error = value.get("err")
  if (typeof error === "string") return new ModelError(error.replaceAll(/[\r\n]/g, " "))
  const status = value.get("ok")
  if (typeof status === "string") return status.replaceAll(/[\r\n]/g, " ")
  const strange = otherReplies.find((name) => value.get(name) !== undefined)
  if (strange !== undefined) throw notModelled(`a reply of the kind "${strange}"`)
  return value.list.map(replyOf)
}

function wholeReply(value: number): number {
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) throw notModelled("integers beyond 2^53")
  return Math.trunc(value) + 0
}

function raisedReply(value: LuaValue): ModelError {
  if (!(value instanceof LuaTable)) return new ModelError(`ERR ${textOf(value)}`)
  const text = value.get("err")
  if (typeof text === "string") return new ModelError(text)
  throw notModelled("an error that is a table without a text, of which Redis 7.0 dies")
}
