import { detectClient, type ConnectionMode } from "../../clients/detect-client.ts"
import { redisConnection } from "../../connection/redis-connection.ts"
import type { Clock } from "../../contracts/clock.ts"
import type { HoldfastEvent } from "../../contracts/observer.ts"
import type { Random } from "../../contracts/random.ts"
import type { Store } from "../../contracts/store.ts"
import { RedisCoherence } from "../../near/redis-coherence.ts"
import type { BreakerOptions } from "../../policy/breaker.ts"
import { redisStore } from "../../stores/redis/redis-store.ts"
import { ReplayLog } from "../../stores/redis/replay/replay-log.ts"

/** What becomes of what a server may have lost. */
export type AfterFailover = "replay" | "clear"

/** What a Redis store is opened with. */
export interface RedisStoreSettings {
  /** A client of the user, recognised by its shape. */
  readonly redis: unknown
  /** First part of every key; names the channel of wake-ups. */
  readonly namespace: string
  /** Measures every deadline. */
  readonly clock: Clock
  /** Spreads the waits between attempts to connect, and names the eras of the tag clock. */
  readonly random: Random
  /** How long a command may take, in milliseconds. */
  readonly commandTimeoutMs: number
  /** Commands without an answer per socket; more are refused at once. */
  readonly maxInFlight: number
  /** When to stop asking a server that fails. Default: see `BreakerOptions`. */
  readonly breaker?: BreakerOptions
  /** Whether to use newer commands instead of scripts where the server has them. Default true. */
  readonly accelerate?: boolean
  /** Whose sockets to use. Default "own". */
  readonly mode?: ConnectionMode
  /** Whether what a server may have lost is invalidated again, or everything that is stored. Default "replay". */
  readonly afterFailover?: AfterFailover
  /** Keys and tags remembered for that, per server. Default 100,000. */
  readonly replayLimit?: number
  /** Whether the servers are to tell of changes that others make, too. Default false. */
  readonly tracking?: boolean
  /** Hears of connections, breakers and tracking. Must not throw. */
  readonly report: ((event: HoldfastEvent) => void) | undefined
}

/** Opens a store on connections of its own. Returns at once; the connections open in the background. */
export function openRedisStore(settings: RedisStoreSettings): Store {
  const { redis, mode, namespace, accelerate = true, tracking = false, ...options } = settings
  const { clock, random, report, afterFailover = "replay", replayLimit = 100_000 } = options
  const isAllLost = afterFailover === "clear"
  const losses = new ReplayLog({ namespace, clock, random, most: replayLimit, isAllLost, report })
  const { beforeUse } = losses
  const connection = redisConnection({ ...options, client: detectClient(redis, mode), beforeUse })
  const coherence = new RedisCoherence({ connection, namespace, clock, random, tracking, report })
  return redisStore({ connection, namespace, clock, random, accelerate, coherence, losses })
}
