import type { Clock } from "../contracts/clock.ts"
import type { RedisArgument, RedisReply } from "../contracts/redis-client.ts"
import type { Generation, RedisScript, SendOptions } from "../contracts/redis-connection.ts"
import { hasCode } from "../errors/holdfast-error.ts"
import type { NodeLink } from "./node-link.ts"

/** How something is sent over one link. */
export interface Sending {
  readonly timeoutMs: number
  /** Of the socket; undefined: any. */
  readonly generation: Generation | undefined
  readonly onSend: SendOptions["onSend"]
  /** On behalf of a slot that is on its way to this server. */
  readonly asking: boolean
}

/** A call of a script, in its two forms. */
export interface ScriptCall {
  readonly byDigest: readonly RedisArgument[]
  readonly byText: readonly RedisArgument[]
}

export function scriptCall(script: RedisScript, keys: readonly string[], args: readonly RedisArgument[]): ScriptCall {
  const operands = [String(keys.length), ...keys, ...args]
  return { byDigest: ["EVALSHA", script.sha1, ...operands], byText: ["EVAL", script.lua, ...operands] }
}

/** EVALSHA, then EVAL on NOSCRIPT, on the same socket and within one deadline. */
export function sendScript(data: NodeLink, call: ScriptCall, sending: Sending, clock: Clock): Promise<RedisReply> {
  const { timeoutMs, onSend, asking } = sending
  const untilMs = clock.monotonic() + timeoutMs
  const generation = sending.generation ?? data.generation
  return data.send(call.byDigest, timeoutMs, sending.generation, onSend, asking).catch((error: unknown) => {
    if (!hasCode(error, "SERVER_REFUSED") || error.facts["reply"] !== "NOSCRIPT") throw error
    const leftMs = Math.max(1, Math.ceil(untilMs - clock.monotonic()))
    return data.send(call.byText, leftMs, generation, onSend, asking)
  })
}
