import type { Clock } from "../contracts/clock.ts"
import type { Observer } from "../contracts/observer.ts"
import type { Random } from "../contracts/random.ts"
import type { RedisArgument, RedisClient, RedisReply } from "../contracts/redis-client.ts"
import type {
  Generation,
  NodeStatus,
  RedisConnection,
  RedisScript,
  SendOptions,
} from "../contracts/redis-connection.ts"
import { hasCode } from "../errors/holdfast-error.ts"
import type { BreakerOptions } from "../policy/breaker.ts"
import { deadlineQueue } from "../policy/deadline-queue.ts"
import { NodeLink } from "./node-link.ts"
import { SubscriberLink } from "./subscriber-link.ts"

/** What a connection works with. */
export interface RedisConnectionOptions {
  /** Where sockets come from. */
  readonly client: RedisClient
  /** Measures every deadline. */
  readonly clock: Clock
  /** Spreads the waits between attempts to connect. */
  readonly random: Random
  /** How long a command may take, in milliseconds. Default 250. */
  readonly commandTimeoutMs?: number
  /** Commands without an answer per socket; more are refused at once. Default 4096. */
  readonly maxInFlight?: number
  /** How long opening a connection may take, in milliseconds. Default 2000. */
  readonly connectTimeoutMs?: number
  /** How often an idle socket is asked for a sign of life, in milliseconds. Default 5000. */
  readonly beatMs?: number
  /** How many silences in a row end a socket. Default 3. */
  readonly missLimit?: number
  /** When to stop sending to a server that fails. */
  readonly breaker?: BreakerOptions
  /** Hears of connections and breakers. Must not throw. */
  readonly report?: Observer | undefined
}

/** Opens Holdfast's own connections with the settings of the user's client, in the background and for ever. */
export function redisConnection(options: RedisConnectionOptions): RedisConnection {
  return new OwnConnection(options)
}

interface Primary {
  readonly data: NodeLink
  readonly subscriber: SubscriberLink
  /** A slot that it owns. */
  readonly slot: number
}

class OwnConnection implements RedisConnection {
  readonly sharesSlots = true
  readonly #commandTimeoutMs: number
  readonly #clock: Clock
  readonly #primaries: readonly [Primary]
  readonly #closing = new AbortController()
  #closed: Promise<void> | undefined

  constructor(options: RedisConnectionOptions) {
    this.#commandTimeoutMs = options.commandTimeoutMs ?? 250
    this.#clock = options.clock
    this.#primaries = [openPrimary(options, this.#commandTimeoutMs, this.#closing.signal)]
  }

  generation(slot: number): Generation | undefined {
    return this.#owner(slot).data.generation
  }

  command(slot: number, args: readonly RedisArgument[], options?: SendOptions): Promise<RedisReply> {
    const { data } = this.#owner(slot)
    if (options === undefined) return data.send(args, this.#commandTimeoutMs, undefined)
    const { timeoutMs = this.#commandTimeoutMs, generation, fresh = false, onSend } = options
    return fresh ? data.sendFresh(args, timeoutMs) : data.send(args, timeoutMs, generation, onSend)
  }

  script(
    slot: number,
    script: RedisScript,
    keys: readonly string[],
    args: readonly RedisArgument[],
    options: SendOptions = {},
  ): Promise<RedisReply> {
    const operands = [String(keys.length), ...keys, ...args]
    const { timeoutMs = this.#commandTimeoutMs } = options
    const untilMs = this.#clock.monotonic() + timeoutMs
    const generation = options.generation ?? this.generation(slot)
    return this.command(slot, ["EVALSHA", script.sha1, ...operands], options).catch((error: unknown) => {
      if (!hasCode(error, "SERVER_REFUSED") || error.facts["reply"] !== "NOSCRIPT") throw error
      const leftMs = Math.max(1, Math.ceil(untilMs - this.#clock.monotonic()))
      return this.command(slot, ["EVAL", script.lua, ...operands], {
        ...options,
        timeoutMs: leftMs,
        ...(generation === undefined ? {} : { generation }),
      })
    })
  }

  subscribe(channel: string, listener: (message: Buffer) => void): () => void {
    const ends = this.#primaries.map(({ subscriber }) => subscriber.subscribe(channel, listener))
    return () => {
      for (const end of ends) end()
    }
  }

  serverNow(slot: number): number {
    return this.#owner(slot).data.serverNow()
  }

  distrust(slot: number, why: string, generation: Generation | undefined): void {
    this.#owner(slot).data.distrust(why, generation)
  }

  nodes(): readonly (NodeStatus & { readonly slot: number })[] {
    return this.#primaries.map(({ data, subscriber, slot }) => ({
      ...data.status,
      subscribed: subscriber.subscribed,
      slot,
    }))
  }

  close({ timeoutMs }: { timeoutMs: number }): Promise<void> {
    this.#closed ??= this.#close(timeoutMs)
    return this.#closed
  }

  async #close(timeoutMs: number): Promise<void> {
    this.#closing.abort()
    await Promise.all(this.#primaries.map(({ data }) => data.close(timeoutMs)))
    for (const { subscriber } of this.#primaries) subscriber.close()
  }

  /** One server owns every slot. */
  #owner(_slot: number): Primary {
    return this.#primaries[0]
  }
}

function openPrimary(options: RedisConnectionOptions, commandTimeoutMs: number, signal: AbortSignal): Primary {
  const { client, clock, random } = options
  const node = {
    client,
    clock,
    random,
    deadlines: deadlineQueue(clock),
    target: undefined,
    node: client.seeds[0] ?? { host: "unknown", port: 0 },
    commandTimeoutMs,
    connectTimeoutMs: options.connectTimeoutMs ?? 2000,
    beatMs: options.beatMs ?? 5000,
    missLimit: options.missLimit ?? 3,
    signal,
  }
  const subscriber = new SubscriberLink(node)
  const data = new NodeLink({
    ...node,
    maxInFlight: options.maxInFlight ?? 4096,
    breaker: options.breaker ?? {},
    report: options.report,
    onBeat: (runId) => subscriber.follow(runId),
  })
  return { data, subscriber, slot: 0 }
}
