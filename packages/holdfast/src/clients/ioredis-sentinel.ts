import type { RedisClient } from "../contracts/redis-client.ts"
import { addressMapper } from "./cluster-client.ts"
import { ioredisClient } from "./ioredis-client.ts"
import type { IoRedis, IoRedisOptions } from "./ioredis-shape.ts"
import { sentinelClient } from "./sentinel-client.ts"

/** An ioredis client with `sentinels` as a source of connections. It need not be connected. */
export function ioredisSentinel(user: IoRedis): RedisClient {
  const { keyPrefix, name = "", natMap, sentinels, tls, enableTLSForSentinelMode } = user.options
  const like = (settings: object): RedisClient =>
    ioredisClient(user.duplicate({ lazyConnect: true, sentinels: null, Connector: undefined, ...settings }), keyPrefix)
  return sentinelClient({
    primaryName: name,
    entrances: (sentinels ?? []).map((sentinel) => like(settingsOf(sentinel, user.options))),
    // With sentinels ioredis uses `tls` for servers only if it is told so.
    node: like({ tls: enableTLSForSentinelMode === true ? tls : undefined }),
    mapped: addressMapper(natMap),
  })
}

/** As ioredis itself connects to a sentinel: with nothing that is meant for servers. */
function settingsOf({ host, port, family }: SentinelPlace, options: IoRedisOptions): object {
  return {
    host: host ?? "localhost",
    port: port ?? 26_379,
    path: null,
    family: family ?? options.family,
    username: options.sentinelUsername ?? null,
    password: options.sentinelPassword ?? null,
    tls: options.sentinelTLS,
    db: 0,
    connectionName: undefined,
  }
}

type SentinelPlace = NonNullable<IoRedisOptions["sentinels"]>[number]
