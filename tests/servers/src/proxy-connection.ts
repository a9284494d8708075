import { connect } from "node:net"
import type { Socket } from "node:net"
import { ByteLimit, RequestLimit } from "./proxy-limit.ts"
import type { ProxyDirection, ProxyKind, ProxyMode } from "./proxy-mode.ts"
import { delayPace } from "./proxy-pace.ts"
import type { PumpPace } from "./proxy-pace.ts"
import { ProxyPump } from "./proxy-pump.ts"
import type { PumpGate } from "./proxy-pump.ts"

interface Pumps {
  readonly requests: ProxyPump
  readonly replies: ProxyPump
}

export interface ProxyConnectionOptions {
  readonly targetPort: number
  /** Which connection of the proxy it is, so that a seeded delay differs between connections and repeats. */
  readonly ordinal: number
  /** A cut, or an unanswered command, has ended it. */
  onCut(): void
  /** It has become a subscriber. */
  onSubscribed(): void
}

const subscribing = new Set(["SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE"])

/** One client of the proxy and its connection to the target. */
export class ProxyConnection {
  readonly #client: Socket
  readonly #options: ProxyConnectionOptions
  readonly #requestLimit = new RequestLimit(([name]) => this.#requested(name))
  kind: ProxyKind = "others"
  #target: Socket | undefined
  #pumps: Pumps | undefined
  #ending = false

  constructor(client: Socket, options: ProxyConnectionOptions) {
    this.#client = client
    this.#options = options
    client.setNoDelay(true)
    // The pump passes errors on; before there is one, nobody needs to know.
    client.on("error", () => {})
  }

  /** Behaves as the mode says from now on. */
  apply(mode: ProxyMode): void {
    if (this.#ending) return
    this.#requestLimit.match = mode.is === "unanswered" ? mode.request : undefined
    this.#pumps?.replies.limit(undefined)
    switch (mode.is) {
      case "silent":
        if (this.#pumps === undefined) this.#client.pause()
        return this.#gates("paused")
      case "hold":
        return this.#inDirection(mode.direction, "held", () => undefined)
      case "delay": {
        const { delayMs, jitterMs = 0, seed = 1, direction } = mode
        const seedOf = (which: string): number => seed + 2 * this.#options.ordinal + (which === "requests" ? 0 : 1)
        return this.#inDirection(direction, "open", (which) => delayPace(delayMs, jitterMs, seedOf(which)))
      }
      case "slices":
        return this.#inDirection(mode.direction, "open", () => ({ is: "slices" }))
      case "reset":
        return this.reset()
      case "cut":
        this.#open().replies.limit(new ByteLimit(mode.afterReplyBytes))
        return this.#gates("open")
      case "pass":
      case "refuse":
      case "unanswered":
        this.#open()
        return this.#gates("open")
    }
  }

  /** Ends both sides with a reset. */
  reset(): void {
    this.#ending = true
    if (!this.#client.destroyed) this.#client.resetAndDestroy()
    if (this.#target?.destroyed === false) this.#target.resetAndDestroy()
  }

  #requested(name: Buffer | undefined): void {
    if (this.kind === "subscribers" || !subscribing.has(String(name).toUpperCase())) return
    this.kind = "subscribers"
    // The command itself still goes through as before.
    queueMicrotask(() => this.#options.onSubscribed())
  }

  // The client gets what was forwarded and then an end, as from a server that died in mid-reply.
  #cut(): void {
    this.#ending = true
    this.#client.destroySoon()
    this.#target?.destroy()
    this.#options.onCut()
  }

  // The target gets the command and an end after it, so it reads and executes both in order; whatever it answers is kept back.
  #leaveUnanswered(): void {
    this.#ending = true
    this.#gates("held")
    this.#target?.end()
    this.#target?.once("close", () => this.#client.destroy())
    this.#options.onCut()
  }

  #gates(gate: PumpGate): void {
    this.#pumps?.requests.set(gate)
    this.#pumps?.replies.set(gate)
  }

  #inDirection(
    direction: ProxyDirection = "both",
    gate: PumpGate,
    pace: (which: "requests" | "replies") => PumpPace | undefined,
  ): void {
    const pumps = this.#open()
    for (const which of ["requests", "replies"] as const) {
      if (direction === "both" || direction === which) pumps[which].set(gate, pace(which))
      else pumps[which].set("open")
    }
  }

  #open(): Pumps {
    if (this.#pumps !== undefined) return this.#pumps
    const { targetPort } = this.#options
    const target = connect({ host: "127.0.0.1", port: targetPort, allowHalfOpen: true, noDelay: true })
    this.#target = target
    this.#pumps = {
      requests: new ProxyPump(this.#client, target, () => this.#leaveUnanswered()),
      replies: new ProxyPump(target, this.#client, () => this.#cut()),
    }
    this.#pumps.requests.limit(this.#requestLimit)
    return this.#pumps
  }
}
