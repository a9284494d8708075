import type { RedisReply } from "../contracts/redis-client.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"

/**
 * A reply of GLIDE in the form that all clients share. GLIDE gives the replies of some commands forms of its own, by their name: maps
 * and pairs become flat lists again, as RESP2 has them, and truth becomes a number.
 */
export function plainReply(reply: unknown): RedisReply {
  if (reply === null || typeof reply === "number" || Buffer.isBuffer(reply)) return reply
  if (Array.isArray(reply)) return reply.flatMap((each: unknown) => (isPair(each) ? pairOf(each) : [plainReply(each)]))
  if (typeof reply === "string") return Buffer.from(reply)
  if (typeof reply === "boolean" || typeof reply === "bigint") return Number(reply)
  if (reply instanceof Uint8Array) return Buffer.from(reply.buffer, reply.byteOffset, reply.byteLength)
  return reply instanceof Set ? plainReply([...reply]) : null
}

interface Pair {
  readonly key: unknown
  readonly value: unknown
}

function isPair(value: unknown): value is Pair {
  return typeof value === "object" && value !== null && "key" in value && "value" in value
}

function pairOf({ key, value }: Pair): RedisReply[] {
  return [plainReply(key), plainReply(value)]
}

/** What GLIDE calls the errors that it knows, and the word with which the server began them. */
const words: Readonly<Record<string, string>> = {
  ResponseError: "ERR",
  NoScriptError: "NOSCRIPT",
  BusyLoadingError: "LOADING",
  PermissionDenied: "NOPERM",
  ExecAbortError: "EXECABORT",
}

const signalled = /^An error was signalled by the server: - (\w+):?/
const ownWord = /^([A-Z][A-Z0-9_]+):/

/** An error of GLIDE with the text that the server sent, as far as GLIDE kept it; others as they are. */
export function serverError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof HoldfastError) return error
  const message = error.message.trim()
  if (signalled.test(message)) {
    return { message: message.replace(signalled, (_, name: string) => words[name] ?? name.toUpperCase()) }
  }
  return ownWord.test(message) ? { message: message.replace(ownWord, "$1") } : error
}
