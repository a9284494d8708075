import { ModelError, type ModelReply } from "../model-reply.ts"

/** A simple string. Scripts can tell it from a bulk string; clients cannot. */
export class Status {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What a command answers, before it is known whether a client or a script asked. */
export type CommandReply = null | number | string | ModelError | Status | readonly ModelReply[]

export const ok = new Status("OK")
export const wrongType = new ModelError("WRONGTYPE Operation against a key holding the wrong kind of value")
export const syntaxError = new ModelError("ERR syntax error")
export const notAnInteger = new ModelError("ERR value is not an integer or out of range")

export function wrongArity(name: string): ModelError {
  return new ModelError(`ERR wrong number of arguments for '${name}' command`)
}

export function unknownSubcommand(name: string, subcommand: string): ModelError {
  return new ModelError(`ERR unknown subcommand '${subcommand}'. Try ${name.toUpperCase()} HELP.`)
}

/** For what the server can do and the model cannot: an answer made up would be worse than none. */
export function notModelled(what: string): Error {
  return new Error(`The model of Redis does not know ${what}.`)
}
