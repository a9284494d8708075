import { detectClient } from "../../clients/detect-client.ts"
import { redisConnection, type RedisConnectionOptions } from "../../connection/redis-connection.ts"
import type { RedisConnection } from "../../contracts/redis-connection.ts"
import { systemClock } from "../../internal/clock.ts"
import { systemRandom } from "../../internal/random.ts"

/** What a connection may be opened with besides the user's client. */
export type RedisConnectionSettings = Partial<Omit<RedisConnectionOptions, "client">>

/** Opens connections of its own with the settings of a user's client. Returns at once; they open in the background. */
export function openRedisConnection(redis: unknown, settings: RedisConnectionSettings = {}): RedisConnection {
  return redisConnection({ client: detectClient(redis), clock: systemClock, random: systemRandom, ...settings })
}
