import { detectClient, type ConnectionMode } from "../../clients/detect-client.ts"
import { redisConnection, type RedisConnectionOptions } from "../../connection/redis-connection.ts"
import type { RedisConnection } from "../../contracts/redis-connection.ts"
import { systemClock } from "../../internal/clock.ts"
import { systemRandom } from "../../internal/random.ts"

/** What a connection may be opened with besides the user's client. */
export interface RedisConnectionSettings extends Partial<Omit<RedisConnectionOptions, "client">> {
  /** Default "own". */
  readonly connection?: ConnectionMode
}

/** Opens connections of its own with the settings of a user's client. Returns at once; they open in the background. */
export function openRedisConnection(redis: unknown, settings: RedisConnectionSettings = {}): RedisConnection {
  const { connection, ...options } = settings
  return redisConnection({
    client: detectClient(redis, connection),
    clock: systemClock,
    random: systemRandom,
    ...options,
  })
}
