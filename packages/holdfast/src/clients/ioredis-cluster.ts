import { lookup } from "node:dns"
import { isIP } from "node:net"
import type { LinkRequest, NodeAddress, RedisClient, RedisLink } from "../contracts/redis-client.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { addressMapper, clusterClient, type AddressMap } from "./cluster-client.ts"
import { ioredisClient } from "./ioredis-client.ts"
import type { IoRedis } from "./ioredis-shape.ts"
import { boundedOpening } from "./opening.ts"

/** What Holdfast needs of an ioredis 5 or 6 cluster. Its pool is not part of the documented interface. */
export interface IoRedisCluster {
  readonly options: IoRedisClusterOptions
  readonly startupNodes: readonly (string | number | object)[]
  readonly connectionPool?: { findOrCreate(node: object): IoRedis }
  duplicate(startupNodes: readonly unknown[], overrides: object): IoRedisCluster
}

interface IoRedisClusterOptions {
  readonly natMap?: AddressMap
  readonly dnsLookup?: DnsLookup
  readonly useSRVRecords?: boolean
  readonly keyPrefix?: unknown
}

type DnsLookup = (host: string, done: (error: Error | null | undefined, address: string) => void) => void

/** An ioredis Cluster as a source of connections. The cluster itself need not be connected. */
export function ioredisCluster(user: IoRedisCluster): RedisClient {
  const { natMap, dnsLookup, useSRVRecords, keyPrefix } = user.options
  if (useSRVRecords === true) throw refused("finds its servers by SRV records; name them in its startup nodes")
  // A cluster of its own, which never connects: a pool adds what it makes to what it holds.
  const pool = user.duplicate([], { lazyConnect: true, shardedSubscribers: false }).connectionPool
  if (typeof pool?.findOrCreate !== "function") throw refused("hides its settings; install `ioredis` 5 or 6")
  const node = pool.findOrCreate({ host: "127.0.0.1", port: 6379 })
  const entrances = user.startupNodes.map((server) => ioredisClient(node.duplicate(settingsOf(server)), keyPrefix))
  return clusterClient({
    entrances: isCustom(dnsLookup) ? entrances.map((each) => lookingUp(each, dnsLookup)) : entrances,
    node: ioredisClient(node, keyPrefix),
    mapped: addressMapper(natMap),
  })
}

/** What is set for one server: an object, a URL, an address or a port. */
function settingsOf(server: string | number | object): object {
  if (typeof server === "object") return { ...server }
  const text = String(server)
  if (/^\d+$/.test(text)) return { port: Number(text) }
  const { protocol, hostname, port, username, password } = new URL(text.includes("//") ? text : `redis://${text}`)
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    ...(port !== "" && { port: Number(port) }),
    ...(username !== "" && { username: decodeURIComponent(username) }),
    ...(password !== "" && { password: decodeURIComponent(password) }),
    ...(protocol === "rediss:" && { tls: {} }),
  }
}

/** What ioredis does by default is left to the socket, which keeps the name for the check of a certificate. */
function isCustom(dnsLookup: DnsLookup | undefined): dnsLookup is DnsLookup {
  return dnsLookup !== undefined && dnsLookup !== (lookup as unknown)
}

function lookingUp(entrance: RedisClient, dnsLookup: DnsLookup): RedisClient {
  const [seed] = entrance.seeds
  if (seed === undefined || isIP(seed.host) !== 0) return entrance
  const connect = async (request: LinkRequest): Promise<RedisLink> => {
    const node = await boundedOpening(lookUp(seed, dnsLookup), request, () => {})
    return entrance.connect({ ...request, node })
  }
  return { ...entrance, connect }
}

function lookUp({ host, port }: NodeAddress, dnsLookup: DnsLookup): Promise<NodeAddress> {
  return new Promise((resolve, reject) => {
    dnsLookup(host, (error, address) => (error ? reject(error) : resolve({ host: address, port })))
  })
}

function refused(why: string): HoldfastError {
  return new HoldfastError("CLIENT_NOT_SUPPORTED", `The ioredis Cluster ${why}.`)
}
