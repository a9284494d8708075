import { HoldfastError } from "holdfast"
import type { RedisArgument, RedisReply } from "holdfast/testing"
import { ModelError, type ModelReply } from "../model/model-reply.ts"

/** The model speaks in text of bytes. */
export function modelArguments(args: readonly RedisArgument[]): string[] {
  return args.map((arg) => (typeof arg === "string" ? arg : latin1(arg)))
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1")
}

export function clientReply(reply: ModelReply): RedisReply {
  if (typeof reply === "string") return Buffer.from(reply, "latin1")
  if (reply === null || typeof reply === "number") return reply
  if (reply instanceof ModelError) return null
  return reply.map(clientReply)
}

const redirection = /^(?:MOVED|ASK) (\d+) (\S+)$/

/** What a client makes of an error reply. */
export function refusal(text: string, command: string): HoldfastError {
  const reply = text.split(" ", 1)[0] ?? "ERR"
  const [, slot, address] = redirection.exec(text) ?? []
  const facts = address === undefined ? { command, reply } : { command, reply, slot: Number(slot), address }
  return new HoldfastError("SERVER_REFUSED", `The server answered ${command} with ${reply}.`, { facts })
}

export function connectionClosed(): HoldfastError {
  return new HoldfastError("CONNECTION_CLOSED", "The connection closed.", { facts: { reason: "ECONNRESET" } })
}

export function cannotConnect(reason: string): HoldfastError {
  return new HoldfastError("STORE_UNAVAILABLE", `Connecting failed (${reason}).`, { facts: { reason } })
}
