import type {
  LinkRequest,
  RedisArgument,
  RedisLink,
  RedisReply,
  ReplyTarget,
  TrackedListener,
} from "../contracts/redis-client.ts"
import { clientArguments } from "./arguments.ts"
import { closeReason, commandError, connectError } from "./client-errors.ts"
import type { IoRedis, IoRedisStream } from "./ioredis-shape.ts"
import { isolated } from "./opening.ts"
import { trackedKeys, trackingChannel } from "./tracked-keys.ts"

type LinkState = "opening" | "open" | "closed"

/** One ioredis instance and its one socket. */
export class IoRedisLink implements RedisLink {
  /** What the client reported while it was opening. ioredis counts a failed SELECT, for one, as ready. */
  firstError: Error | undefined
  readonly #client: IoRedis
  readonly #request: LinkRequest
  readonly #listeners = new Map<string, (message: unknown) => void>()
  #state: LinkState = "opening"
  #corked = false

  constructor(client: IoRedis, request: LinkRequest) {
    this.#client = client
    this.#request = request
    client.on("error", (error) => this.#failed(error))
    client.on("close", () => this.#close(undefined))
    client.on("end", () => this.#close(undefined))
    client.on("messageBuffer", (channel, message) => this.#listeners.get(channel.toString())?.(message))
  }

  /** ioredis 5 may call itself ready before AUTH is answered; replies come in order, so this one comes after. */
  async provesHandshake(): Promise<void> {
    try {
      await this.#client.callBuffer("ping")
    } catch (error) {
      if (commandError(error, "PING").facts["reply"] !== "NOPERM") throw error
    }
    if (this.firstError !== undefined) throw this.firstError
  }

  opened(): void {
    if (this.#state === "closed") throw commandError(undefined, "handshake")
    this.#state = "open"
  }

  send(args: readonly RedisArgument[], target: ReplyTarget): void {
    const [name = "", ...rest] = clientArguments(args)
    this.#gatherWrites()
    // In capitals a command is none of those whose arguments or reply ioredis would transform.
    this.#client.callBuffer(this.#spelled(name), ...rest).then(
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
    this.#listeners.set(channel, isolated(listener))
    try {
      await this.#client.subscribe(channel)
    } catch (error) {
      throw commandError(error, "SUBSCRIBE")
    }
  }

  /** A subscriber may send nothing but what ioredis knows as harmless there, and it knows small letters only. */
  #spelled(name: string | Buffer): string {
    const text = name.toString()
    return this.#request.purpose === "subscriber" ? text.toLowerCase() : text.toUpperCase()
  }

  /** ioredis writes once for every command; held back until the turn ends, the commands of a turn leave in one write. */
  #gatherWrites(): void {
    if (this.#corked) return
    const { stream } = this.#client
    if (stream === undefined || stream.cork === undefined || stream.uncork === undefined) return
    this.#corked = true
    stream.cork()
    process.nextTick(this.#release, stream)
  }

  readonly #release = (stream: IoRedisStream): void => {
    this.#corked = false
    stream.uncork?.()
  }

  #failed(error: unknown): void {
    this.firstError ??= connectError(error)
    if (this.#state === "open") this.#close(error)
  }

  /** `disconnect` says goodbye and waits for the other side; destroying the socket does not. */
  #close(reason: unknown): void {
    if (this.#state === "closed") return
    const wasOpen = this.#state === "open"
    this.#state = "closed"
    const { stream } = this.#client
    this.#client.disconnect()
    stream?.destroy?.()
    if (wasOpen) isolated(this.#request.onClose)(reason === undefined ? undefined : closeReason(reason))
  }
}
