import type { RedisReply } from "../../contracts/redis-client.ts"
import type { Generation, RedisConnection, SendOptions } from "../../contracts/redis-connection.ts"
import { hasCode, HoldfastError } from "../../errors/holdfast-error.ts"

/** One GET. A key of another type holds no entry: it is another program's, and counts as absent, as it does in MGET. */
export async function getBytes(
  connection: RedisConnection,
  slot: number,
  key: string,
  options?: Pick<SendOptions, "fresh">,
): Promise<Buffer | undefined> {
  // Not told of a socket of its own: that one is gone already, and the usual one has nothing to do with it.
  let generation: Generation | undefined
  const onSend = (used: Generation): void => void (generation = used)
  try {
    const reply = await connection.command(slot, ["GET", key], { fresh: options?.fresh === true, onSend })
    if (reply === null) return undefined
    if (Buffer.isBuffer(reply)) return reply
  } catch (error) {
    if (refusalOf(error) === "WRONGTYPE") return undefined
    throw error
  }
  throw unexpectedReply(connection, slot, "GET", generation)
}

export function textOf(reply: RedisReply | undefined): string | undefined {
  return Buffer.isBuffer(reply) ? reply.toString("latin1") : undefined
}

/**
 * The error for a reply that no request of this kind can have: the connection gives replies to the wrong requests (R8).
 *
 * @param generation that the request was sent on; only that one loses its trust
 */
export function unexpectedReply(
  connection: RedisConnection,
  slot: number,
  command: string,
  generation: Generation | undefined,
): HoldfastError {
  connection.distrust(slot, `a reply to ${command} was none of its answers`, generation)
  return new HoldfastError("SERVER_REFUSED", `The reply to ${command} is none of its answers.`, { facts: { command } })
}

/** Runs a script of two keys; where its slot is on the move, the server refuses that, and the steps are taken instead. */
export async function orWhereMoving<T>(run: () => Promise<T>, stepwise: () => Promise<void>): Promise<T | undefined> {
  try {
    return await run()
  } catch (error) {
    if (refusalOf(error) !== "TRYAGAIN") throw error
    await stepwise()
    return undefined
  }
}

/** First word of the server's error, such as `TRYAGAIN`; undefined if the server did not refuse. */
export function refusalOf(error: unknown): string | undefined {
  if (!hasCode(error, "SERVER_REFUSED")) return undefined
  return String(error.facts["reply"] ?? "")
}
