import { connect } from "node:net"
import type { Socket } from "node:net"
import { ProxyPump } from "./proxy-pump.ts"
import type { ProxyMode } from "./proxy-mode.ts"

interface Pumps {
  readonly requests: ProxyPump
  readonly replies: ProxyPump
}

/** One client of the proxy and its connection to the target. */
export class ProxyConnection {
  readonly #client: Socket
  readonly #connect: () => Socket
  #target: Socket | undefined
  #pumps: Pumps | undefined

  constructor(client: Socket, targetPort: number) {
    this.#client = client
    this.#connect = () => connect({ host: "127.0.0.1", port: targetPort, allowHalfOpen: true, noDelay: true })
    client.setNoDelay(true)
    // The pump passes errors on; before there is one, nobody needs to know.
    client.on("error", () => {})
  }

  /** Behaves as the mode says from now on. */
  apply(mode: ProxyMode): void {
    this.#pumps?.replies.uncut()
    switch (mode.is) {
      case "silent":
        if (this.#pumps === undefined) this.#client.pause()
        return this.#gates("paused", "paused")
      case "hold": {
        const { requests, replies } = this.#open()
        requests.set(mode.direction === "replies" ? "open" : "held")
        return replies.set(mode.direction === "requests" ? "open" : "held")
      }
      case "reset":
        return this.reset()
      case "cut": {
        this.#open().replies.cutAfter(mode.afterReplyBytes, () => this.#cut())
        return this.#gates("open", "open")
      }
      case "pass":
      case "refuse":
        this.#open()
        return this.#gates("open", "open")
    }
  }

  /** Ends both sides with a reset. */
  reset(): void {
    if (!this.#client.destroyed) this.#client.resetAndDestroy()
    if (this.#target?.destroyed === false) this.#target.resetAndDestroy()
  }

  // The client gets what was forwarded and then an end, as from a server that died in mid-reply.
  #cut(): void {
    this.#client.destroySoon()
    this.#target?.destroy()
  }

  #gates(requests: "open" | "paused", replies: "open" | "paused"): void {
    this.#pumps?.requests.set(requests)
    this.#pumps?.replies.set(replies)
  }

  #open(): Pumps {
    if (this.#pumps !== undefined) return this.#pumps
    const target = this.#connect()
    this.#target = target
    this.#pumps = {
      requests: new ProxyPump(this.#client, target),
      replies: new ProxyPump(target, this.#client),
    }
    return this.#pumps
  }
}
