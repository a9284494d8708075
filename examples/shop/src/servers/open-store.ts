import { findRedis, startRedis } from "@holdfast/servers"
import type { RedisProcess } from "@holdfast/servers"
import { createClient } from "redis"
import type { Flags } from "../flags.ts"
import type { Resources } from "../resources.ts"
import { removeKeys, versionAt } from "./redis-server.ts"

/** Where the cache is, and how it came to be. */
export interface ChosenStore {
  /** Given to Holdfast; undefined: the in-process store. It is not connected: Holdfast opens its own connections. */
  readonly redis: ReturnType<typeof createClient> | undefined
  /** The server, if it is ours to kill. */
  readonly server: RedisProcess | undefined
  /** Such as "Redis 7.0.15"; null without a server. */
  readonly version: string | null
  /** For people, such as "Redis 7.0.15, private". */
  readonly description: string
  readonly origin: "REDIS_URL" | "private server" | "in this process"
}

export interface StoreRequest {
  readonly wanted: Flags["store"]
  /** `REDIS_URL`. */
  readonly url: string | undefined
  /** First part of all keys, which are removed from a server that is not ours. */
  readonly namespace: string
  readonly resources: Resources
}

/**
 * Chooses: the server at `REDIS_URL`, else a private one if there is a redis-server or valkey-server to start, else the
 * in-process store. `--store` forces one or the other.
 */
export async function openStore(request: StoreRequest): Promise<ChosenStore> {
  const { wanted, url } = request
  if (wanted === "memory") return inProcess("")
  if (url !== undefined) return atUrl(request, url)
  if (wanted === undefined && findRedis() === undefined) return inProcess(" (no redis-server or valkey-server found)")
  return privateServer(request)
}

function inProcess(reason: string): ChosenStore {
  const description = `in-process store${reason}`
  return { redis: undefined, server: undefined, version: null, description, origin: "in this process" }
}

async function atUrl({ namespace, resources }: StoreRequest, url: string): Promise<ChosenStore> {
  const version = await versionAt(url)
  const description = `${version} at REDIS_URL, namespace ${namespace}`
  await resources.own(Promise.resolve(url), () => removeKeys(url, namespace))
  return { redis: createClient({ url }), server: undefined, version, description, origin: "REDIS_URL" }
}

async function privateServer({ resources }: StoreRequest): Promise<ChosenStore> {
  // A cache wants a bound and a policy that drops what is used least; `GET /health` would complain otherwise.
  const starting = startRedis({ maxmemory: "256mb", policy: "allkeys-lfu" })
  const server = await resources.own(starting, (started) => started.stop())
  const { engine, version: number } = server.binary
  const version = `${engine === "valkey" ? "Valkey" : "Redis"} ${number}`
  return {
    redis: createClient({ url: server.url }),
    server,
    version,
    description: `${version}, private`,
    origin: "private server",
  }
}
