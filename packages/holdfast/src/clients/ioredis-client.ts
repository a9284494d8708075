import type { LinkRequest, NodeAddress, RedisClient, RedisLink } from "../contracts/redis-client.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { IoRedisLink } from "./ioredis-link.ts"
import type { IoRedis, IoRedisOptions } from "./ioredis-shape.ts"
import { boundedOpening } from "./opening.ts"
import type { SharedConnection } from "./shared-client.ts"

/** An ioredis client as a source of connections. With sentinels it asks them itself: see `ioredisSentinel` for how Holdfast does. */
export function ioredisClient(user: IoRedis, keyPrefix: unknown = user.options.keyPrefix): RedisClient {
  const { sentinels } = user.options
  if (keyPrefix !== undefined && keyPrefix !== null && keyPrefix !== "") {
    throw new HoldfastError(
      "CLIENT_NOT_SUPPORTED",
      "The ioredis client has a `keyPrefix`; use Holdfast's `namespace` instead.",
    )
  }
  return {
    driver: "ioredis",
    topology: sentinels === undefined || sentinels === null ? "standalone" : "sentinel",
    seeds: seedsOf(user.options),
    connect: (request) => connect(user, request),
  }
}

/** The user's own connection. */
export function sharedIoredis(user: IoRedis): SharedConnection {
  return {
    isReady: () => user.status === "ready",
    // In capitals, as on connections of our own.
    send: ([name = "", ...rest]) => user.callBuffer(name.toString().toUpperCase(), ...rest),
    onLost: (run) => {
      user.on("close", run)
      return () => void user.off("close", run)
    },
  }
}

function seedsOf({ host = "localhost", port = 6379, path, sentinels }: IoRedisOptions): readonly NodeAddress[] {
  if (sentinels) return sentinels.map((each) => ({ host: each.host ?? "localhost", port: each.port ?? 26379 }))
  return [typeof path === "string" && path !== "" ? { host: path, port: 0 } : { host, port }]
}

async function connect(user: IoRedis, request: LinkRequest): Promise<RedisLink> {
  const client = user.duplicate(overrides(user.options, request))
  const link = new IoRedisLink(client, request)
  await boundedOpening(open(client, link), request, () => link.destroy())
  link.opened()
  return link
}

async function open(client: IoRedis, link: IoRedisLink): Promise<void> {
  try {
    await client.connect()
    await link.provesHandshake()
  } catch (error) {
    throw link.firstError ?? error
  }
}

/** The user's settings with everything switched off that would queue, re-send, retry or time out behind our back. */
function overrides(options: IoRedisOptions, request: LinkRequest): object {
  const node = request.node === undefined ? {} : { ...request.node, path: null, sentinels: null, Connector: undefined }
  return {
    ...node,
    lazyConnect: true,
    connectTimeout: request.connectTimeoutMs,
    retryStrategy: () => null,
    sentinelRetryStrategy: () => null,
    failoverDetector: false,
    role: "master",
    readOnly: false,
    reconnectOnError: null,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    enableAutoPipelining: false,
    maxRetriesPerRequest: null,
    commandTimeout: undefined,
    socketTimeout: undefined,
    blockingTimeout: undefined,
    // For a socket that is closed already ioredis starts this timer all the same, and it would keep the process alive.
    disconnectTimeout: 0,
    keepAlive: 5000,
    noDelay: true,
    monitor: false,
    protocol: 2,
    replyMapping: "legacy",
    stringNumbers: false,
    scripts: undefined,
    showFriendlyErrorStack: false,
    clientInfoTag: options.clientInfoTag ?? "holdfast",
  }
}
