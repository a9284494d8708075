/** An error reply, or an error inside an array reply (of EXEC, for example). */
export class RedisReplyError extends Error {
  override readonly name: string = "RedisReplyError"
}

/** A parsed reply whose strings are `S`. */
export type RespReply<S> = S | number | null | RedisReplyError | RespReply<S>[]

/** A command's argument. */
export type RespArgument = string | number | Uint8Array

/** The bytes of one command. */
export function encodeCommand(args: readonly RespArgument[]): Buffer {
  const parts: Uint8Array[] = [Buffer.from(`*${args.length}\r\n`)]
  for (const arg of args) {
    const bytes = typeof arg === "object" ? arg : Buffer.from(String(arg))
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from("\r\n"))
  }
  return Buffer.concat(parts)
}

/** One reply and the offset after it. */
export interface ParsedReply {
  readonly reply: RespReply<Buffer>
  readonly next: number
}

/** Parses the RESP2 reply at an offset; undefined when it is not complete yet. */
export function parseReply(bytes: Buffer, offset = 0): ParsedReply | undefined {
  const lineEnd = bytes.indexOf("\r\n", offset)
  if (lineEnd === -1) return undefined
  const line = bytes.subarray(offset + 1, lineEnd)
  const next = lineEnd + 2
  switch (bytes[offset]) {
    case 0x2b: // +
      return { reply: line, next }
    case 0x2d: // -
      return { reply: new RedisReplyError(line.toString()), next }
    case 0x3a: // :
      return { reply: Number(line.toString()), next }
    case 0x24: // $
      return parseBulk(bytes, Number(line.toString()), next)
    case 0x2a: // *
      return parseArray(bytes, Number(line.toString()), next)
    default:
      throw new Error("Not a RESP2 reply: does something else listen on this port?")
  }
}

function parseBulk(bytes: Buffer, length: number, start: number): ParsedReply | undefined {
  if (length === -1) return { reply: null, next: start }
  const next = start + length + 2
  return bytes.length < next ? undefined : { reply: bytes.subarray(start, start + length), next }
}

function parseArray(bytes: Buffer, length: number, start: number): ParsedReply | undefined {
  if (length === -1) return { reply: null, next: start }
  const reply: RespReply<Buffer>[] = []
  let next = start
  for (let index = 0; index < length; index++) {
    const item = parseReply(bytes, next)
    if (item === undefined) return undefined
    reply.push(item.reply)
    next = item.next
  }
  return { reply, next }
}

/** The same reply with its byte strings read as UTF-8. */
export function replyToText(reply: RespReply<Buffer>): RespReply<string> {
  if (Buffer.isBuffer(reply)) return reply.toString()
  return Array.isArray(reply) ? reply.map(replyToText) : reply
}
