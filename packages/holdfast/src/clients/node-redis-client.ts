import type {
  LinkRequest,
  RedisArgument,
  RedisClient,
  RedisLink,
  RedisReply,
  ReplyTarget,
  TrackedListener,
} from "../contracts/redis-client.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { clientArguments } from "./arguments.ts"
import { closeReason, commandError } from "./client-errors.ts"
import { boundedOpening, isolated } from "./opening.ts"
import type { SharedConnection } from "./shared-client.ts"
import { trackedKeys, trackingChannel } from "./tracked-keys.ts"

/** What Holdfast needs of a node-redis 5 or 6 client. */
export interface NodeRedis {
  readonly isOpen: boolean
  readonly isReady: boolean
  readonly options: NodeRedisOptions | undefined
  duplicate(overrides: object): NodeRedis
  connect(): Promise<unknown>
  destroy(): void
  sendCommand(args: readonly (string | Buffer)[], options?: object): Promise<unknown>
  /** What is heard of tracked keys is no Buffer, but an array of them, or null. */
  subscribe(channel: string, listener: (message: unknown) => void, bufferMode: true): Promise<unknown>
  on(event: "error", listener: (error: unknown) => void): unknown
  on(event: "end" | "reconnecting", listener: () => void): unknown
  off(event: "end" | "reconnecting", listener: () => void): unknown
}

interface NodeRedisOptions {
  readonly keyPrefix?: unknown
  readonly clientInfoTag?: unknown
  readonly socket?: { readonly host?: string; readonly port?: number; readonly path?: string }
}

/** Type codes of RESP: strings come back as bytes without an option object for each command. */
const typeMapping = { 36: Buffer, 43: Buffer }

/** A node-redis client as a source of connections. */
export function nodeRedisClient(user: NodeRedis, keyPrefix: unknown = user.options?.keyPrefix): RedisClient {
  const options = user.options ?? {}
  if (keyPrefix !== undefined && keyPrefix !== "") {
    throw new HoldfastError(
      "CLIENT_NOT_SUPPORTED",
      "The node-redis client has a `keyPrefix`; use Holdfast's `namespace` instead.",
    )
  }
  const { socket = {} } = options
  const seed = {
    host: socket.path ?? socket.host ?? "localhost",
    port: socket.path === undefined ? (socket.port ?? 6379) : 0,
  }
  return {
    driver: "node-redis",
    topology: "standalone",
    seeds: [seed],
    connect: (request) => connect(user, request),
  }
}

async function connect(user: NodeRedis, request: LinkRequest): Promise<RedisLink> {
  const client = user.duplicate(overrides(user.options ?? {}, request))
  const link = new NodeRedisLink(client, request)
  await boundedOpening(client.connect(), request, () => link.destroy())
  link.opened()
  return link
}

/** The user's settings with everything switched off that would queue, re-send, retry, ping or time out behind our back. */
function overrides(options: NodeRedisOptions, request: LinkRequest): object {
  return {
    url: undefined,
    socket: socketOverrides(options, request),
    RESP: 2,
    commandOptions: { timeout: undefined, typeMapping },
    disableOfflineQueue: true,
    commandsQueueMaxLength: undefined,
    pingInterval: undefined,
    readonly: false,
    clientSideCache: undefined,
    emitInvalidate: undefined,
    maintNotifications: "disabled",
    clientInfoTag: options.clientInfoTag ?? "holdfast",
  }
}

function socketOverrides(options: NodeRedisOptions, request: LinkRequest): object {
  const { path, ...rest } = options.socket ?? {}
  const { node, connectTimeoutMs } = request
  const address = node ?? (path === undefined ? {} : { path })
  return {
    ...rest,
    ...address,
    // Shorter than our own bound: this client cannot be destroyed while TCP is connecting.
    connectTimeout: Math.ceil(connectTimeoutMs * 0.75),
    socketTimeout: undefined,
    reconnectStrategy: false,
  }
}

/** The user's own connection. It may speak RESP3, in which INFO answers a string of another type. */
export function sharedNodeRedis(user: NodeRedis): SharedConnection {
  const options = { typeMapping: { ...typeMapping, 61: Buffer }, timeout: undefined }
  return {
    isReady: () => user.isReady,
    send: (args) => user.sendCommand(args, options),
    onLost: (run) => {
      user.on("reconnecting", run)
      user.on("end", run)
      return () => {
        user.off("reconnecting", run)
        user.off("end", run)
      }
    },
  }
}

type LinkState = "opening" | "open" | "closed"

class NodeRedisLink implements RedisLink {
  readonly #client: NodeRedis
  readonly #request: LinkRequest
  #state: LinkState = "opening"

  constructor(client: NodeRedis, request: LinkRequest) {
    this.#client = client
    this.#request = request
    client.on("error", (error) => this.#close(error))
    client.on("end", () => this.#close(undefined))
  }

  opened(): void {
    if (this.#state === "closed") throw commandError(undefined, "handshake")
    this.#state = "open"
  }

  send(args: readonly RedisArgument[], target: ReplyTarget): void {
    const name = args[0]
    this.#client.sendCommand(clientArguments(args)).then(
      (reply) => target.answered(reply as RedisReply),
      (error: unknown) => target.refused(commandError(error, name)),
    )
  }

  subscribe(channel: string, listener: (message: Buffer) => void): Promise<void> {
    return this.#subscribe(channel, (message) => listener(message as Buffer))
  }

  hearTracked(listener: TrackedListener): Promise<void> {
    return this.#subscribe(trackingChannel, (message) => listener(trackedKeys(message)))
  }

  destroy(): void {
    this.#close(undefined)
  }

  async #subscribe(channel: string, listener: (message: unknown) => void): Promise<void> {
    try {
      await this.#client.subscribe(channel, isolated(listener), true)
    } catch (error) {
      throw commandError(error, "SUBSCRIBE")
    }
  }

  /** After any error the replies can no longer be trusted to belong to their commands: the socket is closed, not mended. */
  #close(reason: unknown): void {
    if (this.#state === "closed") return
    const wasOpen = this.#state === "open"
    this.#state = "closed"
    try {
      this.#client.destroy()
    } catch {
      // It was closed already.
    }
    if (wasOpen) isolated(this.#request.onClose)(reason === undefined ? undefined : closeReason(reason))
  }
}
