import { connect } from "node:net"
import { encodeCommand, parseReply, RedisReplyError } from "./resp.ts"
import type { RespArgument, RespReply } from "./resp.ts"

/** Where a command goes. */
export interface RedisAddress {
  readonly host: string
  readonly port: number
  readonly password?: string | undefined
}

/**
 * Sends one command over a connection of its own and returns the reply, strings as bytes.
 *
 * Rejects with RedisReplyError on an error reply, and when no reply came within `timeoutMs`.
 */
export async function redisCommand(
  address: RedisAddress,
  args: readonly RespArgument[],
  timeoutMs: number,
): Promise<RespReply<Buffer>> {
  const commands = address.password === undefined ? [args] : [["AUTH", address.password], args]
  const replies = await exchange(address, commands, timeoutMs)
  const failed = replies.find((reply) => reply instanceof RedisReplyError)
  if (failed !== undefined) throw failed
  return replies.at(-1) ?? null
}

function exchange(
  address: RedisAddress,
  commands: readonly (readonly RespArgument[])[],
  timeoutMs: number,
): Promise<RespReply<Buffer>[]> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0)
    let offset = 0
    const replies: RespReply<Buffer>[] = []
    const socket = connect({ host: address.host, port: address.port })
    const timer = setTimeout(() => fail(new Error(`Redis did not answer within ${timeoutMs} ms.`)), timeoutMs)
    const fail = (error: unknown): void => {
      clearTimeout(timer)
      socket.destroy()
      reject(error)
    }
    const take = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk])
      for (let parsed = parseReply(received, offset); parsed !== undefined; parsed = parseReply(received, offset)) {
        replies.push(parsed.reply)
        offset = parsed.next
      }
      if (replies.length < commands.length) return
      clearTimeout(timer)
      socket.destroy()
      resolve(replies)
    }
    socket.on("error", fail)
    socket.on("close", () => fail(new Error("Redis closed the connection before it had answered.")))
    socket.on("data", (chunk) => {
      try {
        take(chunk)
      } catch (error) {
        fail(error)
      }
    })
    socket.write(Buffer.concat(commands.map(encodeCommand)))
  })
}
