import { connect as connectTcp, createServer, isIP, type AddressInfo, type Server, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import type { NodeAddress } from "../contracts/redis-client.ts"
import { systemClock } from "../internal/clock.ts"
import type { GlideTlsConfiguration } from "./valkey-glide-shape.ts"

export interface RelayOptions {
  readonly server: NodeAddress
  /** Undefined: without TLS. */
  readonly tls: GlideTlsConfiguration | undefined
  /** How long GLIDE may take to notice that its socket is gone and to knock once more, in milliseconds. */
  readonly lingerMs: number
  /** The socket to the server has closed. Called at most once, and not after `destroy`. */
  serverGone(reason: Error | undefined): void
  /** GLIDE has closed its side, and does not say why; during the handshake it has the server's last reply for a reason. */
  clientGone(lastReply: string): void
}

/**
 * One socket to a server, offered once on this machine's loopback interface.
 *
 * GLIDE opens a new socket by itself when it loses one, cannot be told not to, and tells nobody: what it was asked next would be done on
 * another socket, perhaps by another server. So it gets its socket from here, where the second is refused and the end of the first is seen.
 */
export class ValkeyGlideRelay {
  readonly #options: RelayOptions
  readonly #doorway: Server
  #server: Socket | undefined
  #client: Socket | undefined
  #destroyed = false
  #lastReply: Buffer | undefined

  constructor(options: RelayOptions) {
    this.#options = options
    this.#doorway = createServer((socket) => this.#accept(socket)).unref()
  }

  /** Connects to the server; resolves with the local port at which GLIDE finds it. Rejects when the server does not answer. */
  async open(): Promise<number> {
    await this.#connect()
    await new Promise<void>((resolve, reject) => {
      this.#doorway.on("error", reject).listen(0, "127.0.0.1", resolve)
    })
    if (this.#destroyed) this.#doorway.close()
    return (this.#doorway.address() as AddressInfo | null)?.port ?? 0
  }

  /** The handshake is over: replies are no longer looked at. */
  settled(): void {
    this.#server?.off("data", this.#look)
    this.#lastReply = undefined
  }

  destroy(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    this.#server?.destroy()
    this.#client?.destroy()
    // Until then nobody else can get this port, and with it what GLIDE would say to an old acquaintance: the password.
    systemClock.setTimeout(() => this.#doorway.close(), this.#options.lingerMs)
  }

  #connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      const { server, tls } = this.#options
      const socket = tls === undefined ? connectTcp(server) : connectTls({ ...server, ...tlsOptions(server, tls) })
      this.#server = socket
      let failure: Error | undefined
      socket.once(tls === undefined ? "connect" : "secureConnect", () => greet(socket, resolve))
      socket.setNoDelay(true)
      socket.on("error", (error) => (failure ??= error))
      socket.once("close", () => {
        reject(failure ?? new Error("The socket closed."))
        if (!this.#destroyed) this.#options.serverGone(failure)
      })
    })
  }

  #accept(socket: Socket): void {
    const server = this.#server
    socket.on("error", () => {})
    if (this.#client !== undefined || this.#destroyed || server === undefined) {
      socket.destroy()
      return
    }
    this.#client = socket
    socket.setNoDelay(true)
    socket.once("close", () => {
      if (!this.#destroyed) this.#options.clientGone(this.#lastReply?.toString("latin1") ?? "")
    })
    server.on("data", this.#look)
    socket.pipe(server, { end: false })
    server.pipe(socket, { end: false })
  }

  readonly #look = (chunk: Buffer): void => {
    this.#lastReply = chunk
  }
}

/**
 * Waits for an answer of the server, be it that it wants a password first. GLIDE keeps something in memory for every attempt
 * to connect that fails, and its attempts cannot be given up: a frozen server must not get so far.
 */
function greet(socket: Socket, answered: () => void): void {
  let last = ""
  const hear = (chunk: Buffer): void => {
    last = (last + chunk.toString("latin1")).slice(-2)
    if (last !== "\r\n") return
    socket.off("data", hear).pause()
    answered()
  }
  socket.on("data", hear).write("*1\r\n$4\r\nPING\r\n")
}

function tlsOptions({ host }: NodeAddress, { insecure, rootCertificates }: GlideTlsConfiguration): object {
  return {
    ...(isIP(host) === 0 && { servername: host }),
    ...(insecure === true && { rejectUnauthorized: false }),
    ...(rootCertificates !== undefined && { ca: asPem(rootCertificates) }),
  }
}

function asPem(certificates: string | Uint8Array): string | Buffer {
  return typeof certificates === "string" ? certificates : Buffer.from(certificates)
}
