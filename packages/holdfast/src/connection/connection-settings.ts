import type { Clock } from "../contracts/clock.ts"
import type { Observer } from "../contracts/observer.ts"
import type { Random } from "../contracts/random.ts"
import type { RedisClient } from "../contracts/redis-client.ts"
import type { BeforeUse } from "../contracts/redis-connection.ts"
import type { BreakerOptions } from "../policy/breaker.ts"
import { deadlineQueue, type DeadlineQueue } from "../policy/deadline-queue.ts"

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
  /** Asks every new server what it wants to know of it. Default nothing. */
  readonly beforeUse?: BeforeUse
  /** Hears of connections and breakers. Must not throw. */
  readonly report?: Observer | undefined
}

/** The options with their defaults, and what all sockets of one connection share. */
export interface ConnectionSettings extends Required<RedisConnectionOptions> {
  readonly deadlines: DeadlineQueue
}

export function connectionSettings(options: RedisConnectionOptions): ConnectionSettings {
  return {
    client: options.client,
    clock: options.clock,
    random: options.random,
    deadlines: deadlineQueue(options.clock),
    commandTimeoutMs: options.commandTimeoutMs ?? 250,
    maxInFlight: options.maxInFlight ?? 4096,
    connectTimeoutMs: options.connectTimeoutMs ?? 2000,
    beatMs: options.beatMs ?? 5000,
    missLimit: options.missLimit ?? 3,
    breaker: options.breaker ?? {},
    beforeUse: options.beforeUse ?? (async () => {}),
    report: options.report,
  }
}
