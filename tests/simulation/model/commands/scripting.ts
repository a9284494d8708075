import { LuaSyntaxError } from "../lua/lua-error.ts"
import { ModelError, type ModelReply } from "../model-reply.ts"
import { anyScriptRefusalFor } from "../refusals.ts"
import { runScript } from "../script-run.ts"
import { loadScript, type LoadedScript } from "../script-texts.ts"
import { command, container, type Command, type Execution } from "./command.ts"
import { integer } from "./integers.ts"
import { notAnInteger, ok, type CommandReply } from "./reply.ts"

const noScript = new ModelError("NOSCRIPT No matching script. Please use EVAL.")
const tooManyKeys = new ModelError("ERR Number of keys can't be greater than number of args")
const negativeKeys = new ModelError("ERR Number of keys can't be negative")

function load(text: string): LoadedScript | ModelError {
  try {
    return loadScript(text)
  } catch (error) {
    if (error instanceof LuaSyntaxError)
      return new ModelError(`ERR Error compiling script (new function): ${error.message}`)
    throw error
  }
}

function scriptKeys(args: readonly string[]): string[] {
  const count = integer(args[2] as string) ?? 0
  return count > 0 && count <= args.length - 3 ? args.slice(3, 3 + count) : []
}

function evaluate(execution: Execution, args: readonly string[], find: () => LoadedScript | ModelError): ModelReply {
  const count = integer(args[2] as string)
  if (count === undefined) return notAnInteger
  if (count > args.length - 3) return tooManyKeys
  if (count < 0) return negativeKeys
  const script = find()
  if (script instanceof ModelError) return script
  const refused = anyScriptRefusalFor(execution.node.refusal)
  if (refused !== undefined) return refused
  execution.node.lastScript = script.sha1
  return runScript(execution, script.program, args.slice(3, 3 + count), args.slice(3 + count))
}

function evalText(execution: Execution, args: readonly string[]): ModelReply {
  return evaluate(execution, args, () => {
    const script = load(args[1] as string)
    if (!(script instanceof ModelError)) execution.node.scripts.set(script.sha1, script)
    return script
  })
}

function evalSha(execution: Execution, args: readonly string[]): ModelReply {
  const { scripts } = execution.node
  const sha1 = args[1] as string
  return evaluate(execution, args, () => scripts.get(sha1) ?? scripts.get(sha1.toLowerCase()) ?? noScript)
}

function loadText({ node }: Execution, args: readonly string[]): CommandReply {
  const loaded = load(args[2] as string)
  if (loaded instanceof ModelError) return loaded
  node.scripts.set(loaded.sha1, loaded)
  return loaded.sha1
}

function flush({ node }: Execution, [, , mode, ...rest]: readonly string[]): CommandReply {
  if (mode !== undefined && (rest.length > 0 || !/^a?sync$/i.test(mode))) return notAFlush
  node.scripts.clear()
  return ok
}

const notAFlush = new ModelError("ERR SCRIPT FLUSH only support SYNC|ASYNC option")

export const scriptCommands: readonly Command[] = [
  command("eval -3 noscript stale", scriptKeys, evalText),
  command("evalsha -3 noscript stale", scriptKeys, evalSha),
  container(
    "script -2",
    [
      command("script|load 3 noscript stale", undefined, loadText),
      command("script|exists -3 noscript", undefined, ({ node }, [, , ...names]) =>
        names.map((sha1) => Number(node.scripts.has(sha1.toLowerCase()))),
      ),
      command("script|flush -2 noscript", undefined, flush),
    ],
    "kill debug help",
  ),
]
