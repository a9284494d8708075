import { parseReply } from "./resp.ts"

/** A command and where in the piece that completed it it ends. */
export interface ScannedRequest {
  readonly args: readonly Buffer[]
  readonly end: number
}

const ARRAY = 0x2a

/** Finds the commands in a stream of requests. What is not RESP, such as inline commands, is not looked at, nor what follows it. */
export class RequestScan {
  #rest: Buffer = Buffer.alloc(0)
  #readable = true

  /** The commands that this piece completes. */
  take(piece: Buffer): ScannedRequest[] {
    if (!this.#readable) return []
    const before = this.#rest.length
    const bytes = before === 0 ? piece : Buffer.concat([this.#rest, piece])
    const found: ScannedRequest[] = []
    let offset = 0
    for (;;) {
      const request = this.#parse(bytes, offset)
      if (request === undefined) break
      offset = request.end
      found.push({ args: request.args, end: offset - before })
    }
    this.#rest = this.#readable ? Buffer.from(bytes.subarray(offset)) : Buffer.alloc(0)
    return found
  }

  #parse(bytes: Buffer, offset: number): ScannedRequest | undefined {
    if (offset >= bytes.length) return undefined
    if (bytes[offset] !== ARRAY) return this.#giveUp()
    try {
      const parsed = parseReply(bytes, offset)
      if (parsed === undefined) return undefined
      return { args: Array.isArray(parsed.reply) ? parsed.reply.filter(Buffer.isBuffer) : [], end: parsed.next }
    } catch {
      return this.#giveUp()
    }
  }

  #giveUp(): undefined {
    this.#readable = false
  }
}
