import type { LinkRequest, RedisArgument, RedisLink, ReplyTarget } from "../contracts/redis-client.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { deferred } from "../internal/deferred.ts"
import { clientArguments } from "./arguments.ts"
import { closeReason, commandError } from "./client-errors.ts"
import { isolated } from "./opening.ts"
import { OrderedLane } from "./ordered-lane.ts"
import { ValkeyGlideRelay, type RelayOptions } from "./valkey-glide-relay.ts"
import { plainReply, serverError } from "./valkey-glide-replies.ts"
import type { GlideConnection, GlideMessage } from "./valkey-glide-shape.ts"

type LinkState = "opening" | "open" | "closed"

/** `Decoder.Bytes` of GLIDE. */
const bytes = { decoder: 0 }

/** Where a link leads to. */
export interface ValkeyGlideServer extends Pick<RelayOptions, "server" | "tls"> {
  /** Whether to refuse a replica; else whoever asks for the link sees for himself. */
  readonly primaryOnly: boolean
}

/** One GLIDE client on the one socket that its relay gives it. */
export class ValkeyGlideLink implements RedisLink {
  readonly #request: LinkRequest
  readonly #primaryOnly: boolean
  readonly #relay: ValkeyGlideRelay
  readonly #lane = new OrderedLane()
  readonly #listeners = new Map<string, (message: Buffer) => void>()
  #client: GlideConnection | undefined
  readonly #lost = deferred<never>()
  #failure: Error | undefined
  #state: LinkState = "opening"

  constructor(request: LinkRequest, { primaryOnly, ...server }: ValkeyGlideServer) {
    this.#request = request
    this.#primaryOnly = primaryOnly
    this.#relay = new ValkeyGlideRelay({
      ...server,
      lingerMs: request.connectTimeoutMs + 1000,
      serverGone: (reason) => this.#close(reason),
      clientGone: (lastReply) => this.#close(refusalIn(lastReply)),
    })
  }

  /** Connects to the server, and has `create` make a GLIDE client for the local port through which it is reached. */
  async open(create: (port: number) => Promise<GlideConnection>): Promise<void> {
    try {
      await Promise.race([this.#opening(create), this.#lost.promise])
    } catch (error) {
      throw this.#failure ?? serverError(error)
    }
    if (this.#state === "closed") throw closeReason(this.#failure)
    this.#relay.settled()
    this.#state = "open"
  }

  send(args: readonly RedisArgument[], target: ReplyTarget): void {
    const name = args[0]
    this.#lane
      .run(name === "ASKING", () => this.#command(args))
      .then(
        (reply) => target.answered(plainReply(reply)),
        (error: unknown) => {
          target.refused(commandError(serverError(error), name))
          if (isTimeout(error)) this.#close(error)
        },
      )
  }

  async subscribe(channel: string, listener: (message: Buffer) => void): Promise<void> {
    this.#listeners.set(channel, isolated(listener))
    await this.#assertAllowed(channel)
    try {
      await this.#client?.subscribe?.([channel], this.#request.connectTimeoutMs)
    } catch (error) {
      // GLIDE goes on asking the server, thousands of times a second.
      this.#close(error)
      throw commandError(serverError(error), "SUBSCRIBE")
    }
  }

  /** What GLIDE calls for every message. */
  readonly hear = ({ channel, message }: GlideMessage): void => {
    this.#listeners.get(channel.toString())?.(Buffer.from(message as Buffer))
  }

  destroy(): void {
    this.#close(undefined)
  }

  #command(args: readonly RedisArgument[]): Promise<unknown> {
    if (this.#client === undefined || this.#state === "closed") return Promise.reject(closeReason(undefined))
    return this.#client.customCommand(clientArguments(args) as (string | Buffer)[], bytes)
  }

  /** GLIDE connects for the first command. */
  async #opening(create: (port: number) => Promise<GlideConnection>): Promise<void> {
    const client = await create(await this.#relay.open())
    this.#client = client
    try {
      if (this.#state === "closed") end(client)
      await client.customCommand(["PING"], bytes)
    } catch (error) {
      if (!isPingDenied(error)) throw error
    }
    if (this.#primaryOnly && /^role:slave/m.test(String(await client.customCommand(["INFO", "replication"], bytes)))) {
      throw replicaFound()
    }
  }

  /** GLIDE asks again at once and for ever when a channel is refused: the server is asked beforehand, where it can tell (since 7.0). */
  async #assertAllowed(channel: string): Promise<void> {
    const allowed = await this.#command(["EVAL", mayHear, "0", channel]).catch(() => 1)
    if (allowed === 0) throw commandError({ message: "NOPERM" }, "SUBSCRIBE")
  }

  /** GLIDE goes first, so that it does not look for another socket. */
  #close(reason: unknown): void {
    if (this.#state === "closed") return
    const wasOpen = this.#state === "open"
    this.#state = "closed"
    if (reason instanceof Error) this.#failure = reason
    this.#lost.reject(reason)
    isolated(() => end(this.#client))()
    this.#relay.destroy()
    if (wasOpen) isolated(this.#request.onClose)(reason === undefined ? undefined : closeReason(reason))
  }
}

const mayHear = "if redis.acl_check_cmd and not redis.acl_check_cmd('SUBSCRIBE', ARGV[1]) then return 0 end return 1"

/**
 * A client that is connecting stays until that has failed, and keeps the process alive by its socket to its native part. That is
 * none of the documented interface: used where it is there.
 */
function end(client: GlideConnection | undefined): void {
  client?.close()
  const { socket } = (client ?? {}) as { readonly socket?: { unref?(): void } }
  socket?.unref?.()
}

/** The server's error, if that is what its last reply was. */
function refusalIn(lastReply: string): Error | undefined {
  const line = /(?:^|\n)-([^\r\n]+)\r\n$/.exec(lastReply)?.[1]
  return line === undefined ? undefined : new Error(line)
}

function replicaFound(): HoldfastError {
  return new HoldfastError("STORE_UNAVAILABLE", "The server is a replica.", {
    facts: { reason: "the server is a replica", role: "replica" },
  })
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === "TimeoutError"
}

/** The command was refused, not the connection. */
function isPingDenied(error: unknown): boolean {
  return commandError(serverError(error), "PING").facts["reply"] === "NOPERM"
}
