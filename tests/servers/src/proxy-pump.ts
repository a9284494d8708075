import type { Socket } from "node:net"

const END = Symbol("end")
const RESET = Symbol("reset")
const HELD_BYTES_MAX = 64 * 1024 * 1024

/** open: forward; held: read and keep; paused: do not even read. */
export type PumpGate = "open" | "held" | "paused"

/** One direction of a proxied connection: bytes, ends and resets, in order, none lost. */
export class ProxyPump {
  readonly #from: Socket
  readonly #to: Socket
  readonly #queue: (Buffer | typeof END | typeof RESET)[] = []
  #queuedBytes = 0
  #gate: PumpGate = "open"
  #cut: { bytesLeft: number; readonly onCut: () => void } | undefined

  constructor(from: Socket, to: Socket) {
    this.#from = from
    this.#to = to
    from.on("data", (chunk) => this.#take(chunk))
    from.on("end", () => this.#take(END))
    from.on("error", () => this.#take(RESET))
    to.on("drain", () => this.#flush())
  }

  /** Opens or closes the gate; what was kept goes out first, in order. */
  set(gate: PumpGate): void {
    this.#gate = gate
    this.#flush()
  }

  /** Forwards this many more bytes, with 0 waits for the first, then calls back instead of going on. */
  cutAfter(bytes: number, onCut: () => void): void {
    this.#cut = { bytesLeft: bytes, onCut }
  }

  /** Withdraws `cutAfter`. */
  uncut(): void {
    this.#cut = undefined
  }

  #take(piece: Buffer | typeof END | typeof RESET): void {
    this.#queue.push(piece)
    if (Buffer.isBuffer(piece)) this.#queuedBytes += piece.length
    this.#flush()
  }

  #flush(): void {
    while (this.#gate === "open" && !this.#to.writableNeedDrain) {
      const piece = this.#queue.shift()
      if (piece === undefined) break
      if (piece === END) this.#to.end()
      else if (piece === RESET) this.#to.resetAndDestroy()
      else this.#forward(piece)
    }
    if (this.#mayRead()) this.#from.resume()
    else this.#from.pause()
  }

  #forward(piece: Buffer): void {
    this.#queuedBytes -= piece.length
    const cut = this.#cut
    if (this.#to.destroyed || this.#to.writableEnded) return
    if (cut === undefined || piece.length < cut.bytesLeft) {
      if (cut !== undefined) cut.bytesLeft -= piece.length
      this.#to.write(piece)
      return
    }
    this.#to.write(piece.subarray(0, cut.bytesLeft))
    this.#cut = undefined
    cut.onCut()
  }

  #mayRead(): boolean {
    if (this.#gate === "paused") return false
    return this.#gate === "held" ? this.#queuedBytes < HELD_BYTES_MAX : !this.#to.writableNeedDrain
  }
}
