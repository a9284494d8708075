import type { RequestMatch } from "./proxy-mode.ts"
import { RequestScan } from "./request-scan.ts"

/** Decides where a pump stops for good. Sees every byte once, in order. */
export interface PumpLimit {
  /** How many bytes of the next piece still go through if the limit lies in it; undefined: all, and on. */
  reachedAfter(piece: Buffer): number | undefined
}

/** Reached after so many bytes; with 0 when the first would go through. */
export class ByteLimit implements PumpLimit {
  #left: number

  constructor(bytes: number) {
    this.#left = bytes
  }

  reachedAfter(piece: Buffer): number | undefined {
    const left = this.#left
    this.#left -= piece.length
    return piece.length < left ? undefined : left
  }
}

/** Reached at the end of a matching command. Reads along from the start of the connection, because commands are found one after the other. */
export class RequestLimit implements PumpLimit {
  readonly #scan = new RequestScan()
  readonly #seen: (args: readonly Buffer[]) => void
  /** Undefined: nothing matches. */
  match: RequestMatch | undefined

  /** @param seen told of every command */
  constructor(seen: (args: readonly Buffer[]) => void) {
    this.#seen = seen
  }

  reachedAfter(piece: Buffer): number | undefined {
    const requests = this.#scan.take(piece)
    for (const { args } of requests) this.#seen(args)
    return requests.find(({ args }) => this.match?.(args) === true)?.end
  }
}
