import type { Socket } from "node:net"
import type { PumpLimit } from "./proxy-limit.ts"
import type { PumpPace } from "./proxy-pace.ts"

const END = Symbol("end")
const RESET = Symbol("reset")
const HELD_BYTES_MAX = 64 * 1024 * 1024

/** open: forward; held: read and keep; paused: do not even read. */
export type PumpGate = "open" | "held" | "paused"

type Piece = Buffer | typeof END | typeof RESET

interface Queued {
  piece: Piece
  readonly dueMs: number
}

/** One direction of a proxied connection: bytes, ends and resets, in order, none lost. */
export class ProxyPump {
  readonly #from: Socket
  readonly #to: Socket
  readonly #limitReached: () => void
  readonly #queue: Queued[] = []
  #queuedBytes = 0
  #gate: PumpGate = "open"
  #pace: PumpPace | undefined
  #limit: PumpLimit | undefined
  #lastDueMs = 0
  /** Ends a pause between two pieces. */
  #cancelPause: (() => void) | undefined

  /** @param limitReached called instead of forwarding what lies beyond the limit; it ends the connection */
  constructor(from: Socket, to: Socket, limitReached: () => void) {
    this.#from = from
    this.#to = to
    this.#limitReached = limitReached
    from.on("data", (chunk) => this.#take(chunk))
    from.on("end", () => this.#take(END))
    from.on("error", () => this.#take(RESET))
    to.on("drain", () => this.#flush())
    to.on("connect", () => this.#flush())
    to.on("close", () => this.set(this.#gate))
  }

  /** Opens or closes the gate; what was kept goes out first, in order. Without a pace it does so at once. */
  set(gate: PumpGate, pace?: PumpPace): void {
    this.#gate = gate
    this.#pace = pace
    this.#endPause()
    this.#flush()
  }

  /** Forwards up to this limit; undefined: everything. */
  limit(limit: PumpLimit | undefined): void {
    this.#limit = limit
  }

  /** Nobody reads any more what would be forwarded. */
  get #isDone(): boolean {
    return this.#to.destroyed || this.#to.writableEnded
  }

  #take(piece: Piece): void {
    const delayMs = this.#pace?.is === "delay" ? this.#pace.delayMs() : 0
    this.#lastDueMs = Math.max(this.#lastDueMs, performance.now() + delayMs)
    this.#queue.push({ piece, dueMs: this.#lastDueMs })
    if (Buffer.isBuffer(piece)) this.#queuedBytes += piece.length
    this.#flush()
  }

  #flush(): void {
    while (this.#gate === "open" && !this.#to.writableNeedDrain && this.#cancelPause === undefined) {
      const next = this.#queue[0]
      if (next === undefined || this.#mustWait(next)) break
      this.#queue.shift()
      if (next.piece === END) this.#to.end()
      else if (next.piece === RESET) this.#to.resetAndDestroy()
      else this.#forward(next.piece)
    }
    if (this.#mayRead()) this.#from.resume()
    else this.#from.pause()
  }

  /** Whether the first piece goes later, or byte by byte. */
  #mustWait({ piece, dueMs }: Queued): boolean {
    if (this.#pace === undefined || this.#isDone) return false
    if (this.#pace.is === "delay") {
      const waitMs = dueMs - performance.now()
      return waitMs > 0 && this.#waitFor(waitMs)
    }
    return Buffer.isBuffer(piece) && (this.#to.connecting || this.#sliceAfterTurn())
  }

  #waitFor(waitMs: number): true {
    const timer = setTimeout(() => this.#resume(), waitMs)
    this.#cancelPause = () => clearTimeout(timer)
    return true
  }

  /** Between two bytes the event loop turns, so that a reader in this process has read one before the next is written. */
  #sliceAfterTurn(): true {
    const turn = setImmediate(() => {
      const first = this.#queue[0]
      if (first !== undefined && Buffer.isBuffer(first.piece)) {
        const rest = first.piece.subarray(1)
        this.#forward(first.piece.subarray(0, 1))
        if (rest.length > 0) first.piece = rest
        else this.#queue.shift()
      }
      this.#resume()
    })
    this.#cancelPause = () => clearImmediate(turn)
    return true
  }

  #resume(): void {
    this.#cancelPause = undefined
    this.#flush()
  }

  #endPause(): void {
    this.#cancelPause?.()
    this.#cancelPause = undefined
  }

  #forward(piece: Buffer): void {
    this.#queuedBytes -= piece.length
    if (this.#isDone) return
    const passing = this.#limit?.reachedAfter(piece)
    if (passing === undefined) {
      this.#to.write(piece)
      return
    }
    this.#to.write(piece.subarray(0, passing))
    this.#limitReached()
  }

  #mayRead(): boolean {
    if (this.#gate === "paused") return false
    const waits = this.#gate === "held" || this.#pace !== undefined
    return waits ? this.#queuedBytes < HELD_BYTES_MAX : !this.#to.writableNeedDrain
  }
}
