import type { ModelNode } from "../model-node.ts"
import type { Keyspace } from "../keyspace.ts"
import type { OpenSession } from "../model-session.ts"
import type { ModelError } from "../model-reply.ts"
import { notModelled, syntaxError, unknownSubcommand, wrongArity, type CommandReply } from "./reply.ts"

/** What a command works on. */
export interface Execution {
  readonly node: ModelNode
  readonly data: Keyspace
  readonly session: OpenSession
}

/**
 * One command. `flags` are those that COMMAND INFO gives, as far as they decide who is refused what.
 * `arity` counts the name; negative: at least.
 */
export interface Command {
  readonly name: string
  readonly arity: number
  readonly isWrite: boolean
  readonly flags: ReadonlySet<string>
  /** Which arguments are keys: first, last (-1: to the end) and step; or how to find them. */
  readonly keys: KeySpec
  /** Of a command that only has subcommands: them by name, in upper case. */
  readonly subcommands?: ReadonlyMap<string, Command>
  readonly run: (execution: Execution, args: readonly string[]) => CommandReply
}

export type KeySpec = readonly [first: number, last: number, step: number] | ((args: readonly string[]) => string[])

const noKeys: KeySpec = [0, 0, 0]

/** Makes a command: "get 2" or "set -3 write denyoom" as the server describes it, and where its keys are. */
export function command(about: string, keys: KeySpec | undefined, run: Command["run"]): Command {
  const [name = "", arity, ...flags] = about.split(" ")
  const isWrite = flags.includes("write")
  return { name, arity: Number(arity), isWrite, flags: new Set(flags), keys: keys ?? noKeys, run }
}

/** Makes a command of subcommands, which are named "script|load" and so on. `others` are those that only the server knows. */
export function container(about: string, subcommands: readonly Command[], others: string): Command {
  const unknown = others.split(" ").map((name) =>
    command(`${about.split(" ")[0]}|${name} -2`, undefined, () => {
      throw notModelled(`the subcommand ${name}`)
    }),
  )
  const byName = new Map(
    [...subcommands, ...unknown].map((each) => [each.name.split("|")[1]?.toUpperCase() ?? "", each]),
  )
  return { ...command(about, undefined, () => syntaxError), subcommands: byName }
}

/** The command itself or the subcommand that is meant, or why it cannot be called like this. */
export function chosen(found: Command, args: readonly string[]): Command | ModelError {
  if (found.subcommands === undefined) return fitsArity(found, args.length) ? found : wrongArity(found.name)
  const [, name] = args
  if (name === undefined) return wrongArity(found.name)
  const subcommand = found.subcommands.get(name.toUpperCase())
  return subcommand === undefined ? unknownSubcommand(found.name, name) : chosen(subcommand, args)
}

export const oneKey: KeySpec = [1, 1, 1]
export const allKeys: KeySpec = [1, -1, 1]

function fitsArity({ arity }: Command, count: number): boolean {
  return arity < 0 ? count >= -arity : count === arity
}

export function keysOf({ keys }: Command, args: readonly string[]): string[] {
  if (typeof keys === "function") return keys(args)
  const [first, last, step] = keys
  if (first === 0) return []
  const end = last < 0 ? args.length + last : last
  const found: string[] = []
  for (let at = first; at <= end; at += step) found.push(args[at] as string)
  return found
}
