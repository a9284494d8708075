import type { RedisClient } from "../contracts/redis-client.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { ioredisClient, sharedIoredis } from "./ioredis-client.ts"
import type { IoRedis } from "./ioredis-shape.ts"
import { nodeRedisClient, sharedNodeRedis, type NodeRedis } from "./node-redis-client.ts"
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
  const unsupported = unsupportedKinds.find((kind) => kind.fits(has))
  if (unsupported !== undefined) throw new HoldfastError("CLIENT_NOT_SUPPORTED", unsupported.why)
  if (has("duplicate", "callBuffer", "disconnect", "status", "options")) {
    const own = ioredisClient(client as IoRedis)
    return mode === "own" ? own : sharedClient(own, sharedIoredis(client as IoRedis))
  }
  if (has("duplicate", "sendCommand", "withTypeMapping", "destroy", "isOpen")) {
    const own = nodeRedisClient(client as NodeRedis)
    return mode === "own" ? own : sharedClient(own, sharedNodeRedis(client as NodeRedis))
  }
  throw new HoldfastError("UNKNOWN_CLIENT", `\`redis\` is ${kindOf(client)} that no supported client looks like.`)
}

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
    fits: (has) => has("slots", "masters", "nodeClient", "sendCommand"),
    why: "A node-redis cluster is not supported yet; pass a client for a single server.",
  },
  {
    fits: (has) => has("getMasterNode", "getSentinelNode", "sendCommand"),
    why: "node-redis Sentinel is not supported yet; pass a client for a single server, or an ioredis client with `sentinels`.",
  },
  {
    fits: (has) => has("totalClients", "idleClients", "sendCommand"),
    why: "This is a node-redis pool; pass the client that it was made from, since Holdfast opens its own connections.",
  },
  {
    fits: (has) => has("nodes", "slots", "startupNodes", "callBuffer"),
    why: "ioredis Cluster is not supported yet; pass a client for a single server or one with `sentinels`.",
  },
  {
    fits: (has) => has("customCommand", "invokeScript"),
    why: "Valkey GLIDE is not supported yet; pass a node-redis or ioredis client.",
  },
  {
    fits: (has) => has("duplicate", "sendCommand", "isOpen") && !has("withTypeMapping"),
    why: "This node-redis is older than version 5; install `redis` 5 or 6.",
  },
]
