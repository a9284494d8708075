import type { RedisClient } from "../contracts/redis-client.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { ioredisClient, sharedIoredis } from "./ioredis-client.ts"
import { ioredisCluster, type IoRedisCluster } from "./ioredis-cluster.ts"
import { ioredisSentinel } from "./ioredis-sentinel.ts"
import type { IoRedis } from "./ioredis-shape.ts"
import { nodeRedisClient, sharedNodeRedis, type NodeRedis } from "./node-redis-client.ts"
import { nodeRedisCluster, type NodeRedisCluster } from "./node-redis-cluster.ts"
import { nodeRedisSentinel, type NodeRedisSentinel } from "./node-redis-sentinel.ts"
import { sharedClient } from "./shared-client.ts"

/** Whether commands go over sockets of Holdfast's own, or over the user's (see `sharedClient` for what is lost then). */
export type ConnectionMode = "own" | "shared"

/**
 * Recognises the user's client by its shape.
 *
 * Throws `UNKNOWN_CLIENT`, or `CLIENT_NOT_SUPPORTED` for a known client with a topology or setting that Holdfast cannot work with.
 */
export function detectClient(client: unknown, mode: ConnectionMode = "own"): RedisClient {
  if (typeof client === "string") {
    throw new HoldfastError(
      "UNKNOWN_CLIENT",
      "`redis` is a text; pass a client made with it, such as createClient({ url }).",
    )
  }
  const has = shapeOf(client)
  if (has("driver", "topology", "seeds", "connect")) {
    if (mode === "own") return client as RedisClient
    throw new HoldfastError("CLIENT_NOT_SUPPORTED", nothingSharedWhy)
  }
  const unsupported = unsupportedKinds.find((kind) => kind.fits(has))
  if (unsupported !== undefined) throw new HoldfastError("CLIENT_NOT_SUPPORTED", unsupported.why)
  if (has("getMasterNode", "getSentinelNode")) {
    if (mode === "own") return nodeRedisSentinel(client as Partial<NodeRedisSentinel>)
    throw new HoldfastError("CLIENT_NOT_SUPPORTED", sharedSentinelWhy)
  }
  const cluster = clusterOf(client, has)
  if (cluster !== undefined) {
    if (mode === "own") return cluster
    throw new HoldfastError("CLIENT_NOT_SUPPORTED", sharedClusterWhy)
  }
  if (has("duplicate", "callBuffer", "disconnect", "status", "options")) {
    const user = client as IoRedis
    if (mode === "own" && user.options.sentinels) return ioredisSentinel(user)
    const own = ioredisClient(user)
    return mode === "own" ? own : sharedClient(own, sharedIoredis(user))
  }
  if (has("duplicate", "sendCommand", "withTypeMapping", "destroy", "isOpen")) {
    const own = nodeRedisClient(client as NodeRedis)
    return mode === "own" ? own : sharedClient(own, sharedNodeRedis(client as NodeRedis))
  }
  throw new HoldfastError("UNKNOWN_CLIENT", `\`redis\` is ${kindOf(client)}, which is none of the supported clients.`)
}

function clusterOf(client: unknown, has: Shape): RedisClient | undefined {
  if (has("slots", "masters", "nodeClient", "duplicate")) return nodeRedisCluster(client as NodeRedisCluster)
  if (has("slots", "startupNodes", "callBuffer", "duplicate")) return ioredisCluster(client as IoRedisCluster)
  return undefined
}

const nothingSharedWhy =
  'This client has no connection that `connection: "shared"` could use: Holdfast opens its own. Leave the option out.'

const sharedClusterWhy =
  'A cluster client cannot be used with `connection: "shared"`: it sends commands on to other servers by itself, and Holdfast must know which server has answered. Leave the option out.'

const sharedSentinelWhy =
  'A node-redis Sentinel cannot be used with `connection: "shared"`: it sends commands again on another server by itself. Leave the option out.'

function kindOf(client: unknown): string {
  if (client === null) return "null"
  return typeof client === "object" ? "an object" : `a value of type ${typeof client}`
}

type Shape = (...members: readonly string[]) => boolean

/** Whether an object has all of these members, its own or inherited. */
function shapeOf(client: unknown): Shape {
  if ((typeof client !== "object" && typeof client !== "function") || client === null) return () => false
  return (...members) => members.every((member) => member in client)
}

const unsupportedKinds: readonly { readonly fits: (has: Shape) => boolean; readonly why: string }[] = [
  {
    fits: (has) => has("totalClients", "idleClients", "sendCommand"),
    why: "This is a node-redis pool; pass the client that it was made from, since Holdfast opens its own connections.",
  },
  {
    fits: (has) => has("customCommand", "invokeScript") || has("createClient", "__createClient"),
    why: 'This is Valkey GLIDE; pass valkeyGlide(GlideClient, configuration) from "holdfast/valkey-glide".',
  },
  {
    fits: (has) => has("duplicate", "sendCommand", "isOpen") && !has("withTypeMapping"),
    why: "This node-redis is older than version 5; install `redis` 5 or 6.",
  },
]
