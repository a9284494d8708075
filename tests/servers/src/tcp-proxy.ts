import { createServer } from "node:net"
import type { Server, Socket } from "node:net"
import { freePort } from "./free-port.ts"
import { ProxyConnection } from "./proxy-connection.ts"
import type { ProxyKind, ProxyMode } from "./proxy-mode.ts"

const HOST = "127.0.0.1"
const PORT_ATTEMPTS = 5

/** A proxy in front of a local server that misbehaves on demand. */
export interface TcpProxy extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** Of all connections, or of those that have not subscribed if the others have another one. */
  readonly mode: ProxyMode
  /** Connections open now. */
  readonly open: number
  /** Connections accepted so far. */
  readonly accepted: number
  /** Connections that modes `cut` and `unanswered` have ended so far. */
  readonly cuts: number
  /** Changes the mode of all connections, open and to come. */
  set(mode: ProxyMode): Promise<void>
  /** Changes the mode of one kind of connections, open and to come. A connection is like the others until it subscribes. */
  setOnly(kind: ProxyKind, mode: Exclude<ProxyMode, { is: "refuse" }>): void
  /** Resets all connections and stops listening. */
  stop(): Promise<void>
}

/** Starts a proxy to a port of 127.0.0.1, in mode pass. The target need not run yet. */
export async function startProxy(targetPort: number): Promise<TcpProxy> {
  for (let attempt = 1; ; attempt++) {
    const proxy = new FaultProxy(targetPort, await freePort())
    try {
      await proxy.listen()
      return proxy
    } catch (error) {
      if (attempt === PORT_ATTEMPTS) throw error
    }
  }
}

class FaultProxy implements TcpProxy {
  readonly host: string = HOST
  readonly port: number
  readonly #targetPort: number
  readonly #connections = new Set<ProxyConnection>()
  #server: Server | undefined
  readonly #modes: Record<ProxyKind, ProxyMode> = { subscribers: { is: "pass" }, others: { is: "pass" } }
  #accepted = 0
  #cuts = 0

  constructor(targetPort: number, port: number) {
    this.#targetPort = targetPort
    this.port = port
  }

  get mode(): ProxyMode {
    return this.#modes.others
  }

  get open(): number {
    return this.#connections.size
  }

  get accepted(): number {
    return this.#accepted
  }

  get cuts(): number {
    return this.#cuts
  }

  async set(mode: ProxyMode): Promise<void> {
    this.#modes.subscribers = mode
    this.#modes.others = mode
    if (mode.is === "refuse") this.#unlisten()
    else await this.listen()
    for (const connection of this.#connections) connection.apply(mode)
  }

  setOnly(kind: ProxyKind, mode: Exclude<ProxyMode, { is: "refuse" }>): void {
    this.#modes[kind] = mode
    for (const connection of this.#connections) if (connection.kind === kind) connection.apply(mode)
  }

  async stop(): Promise<void> {
    this.#unlisten()
    for (const connection of this.#connections) connection.reset()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  listen(): Promise<void> {
    if (this.#server !== undefined) return Promise.resolve()
    const server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client))
    this.#server = server
    return new Promise((resolve, reject) => {
      server.once("error", (error) => {
        this.#server = undefined
        reject(error)
      })
      server.listen({ port: this.port, host: HOST, exclusive: true }, () => resolve())
    })
  }

  #unlisten(): void {
    this.#server?.close()
    this.#server = undefined
  }

  #accept(client: Socket): void {
    this.#accepted += 1
    const connection: ProxyConnection = new ProxyConnection(client, {
      targetPort: this.#targetPort,
      ordinal: this.#accepted,
      onCut: () => (this.#cuts += 1),
      onSubscribed: () => connection.apply(this.#modes.subscribers),
    })
    this.#connections.add(connection)
    client.once("close", () => this.#connections.delete(connection))
    connection.apply(this.#modes.others)
  }
}
