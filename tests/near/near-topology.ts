import {
  startCluster,
  startProxy,
  startRedis,
  type ProxyKind,
  type ProxyMode,
  type RedisProcess,
  type TcpProxy,
} from "@holdfast/servers"
import { clientCell, clusterCells } from "../cells.ts"

/** The clients that are tried: one of each family. */
export const clients = ["redis 6", "ioredis 6", "GLIDE 2.5"] as const

export type Client = (typeof clients)[number]

/** Servers with a proxy in front of each. */
export interface Topology {
  readonly servers: readonly RedisProcess[]
  /** Where clients reach them: a cluster's through the proxies, because servers name those. */
  readonly urls: readonly string[]
  /** A client that reaches the servers through the proxies. */
  through(client: Client): unknown
  /** A client that reaches them as they are. In a cluster there is none: servers name their proxies. */
  direct(client: Client): unknown
  setOnly(kind: ProxyKind, mode: Exclude<ProxyMode, { is: "refuse" }>): void
  pass(): Promise<void>
  stop(): Promise<void>
}

export async function standalone(): Promise<Topology> {
  const redis = await startRedis()
  const proxy = await startProxy(redis.port)
  return {
    servers: [redis],
    urls: [redis.url],
    through: (client) => clientCell(client).create(`redis://${proxy.host}:${proxy.port}`),
    direct: (client) => clientCell(client).create(redis.url),
    ...controls([proxy]),
    stop: () => stop([proxy, redis]),
  }
}

export async function clustered(): Promise<Topology> {
  const cluster = await startCluster({ primaries: 3 })
  const proxies = await Promise.all(cluster.nodes.map(({ port }) => startProxy(port)))
  for (const [at, node] of cluster.nodes.entries())
    await node.command("CONFIG", "SET", "cluster-announce-port", String(proxies[at]?.port))
  const urls = proxies.map(({ host, port }) => `redis://${host}:${port}`)
  const create = (client: Client): unknown => clusterCells.find(({ name }) => name === client)?.create(urls)
  return {
    servers: cluster.nodes,
    urls,
    through: create,
    direct: create,
    ...controls(proxies),
    stop: () => stop([...proxies, cluster]),
  }
}

function controls(proxies: readonly TcpProxy[]): Pick<Topology, "setOnly" | "pass"> {
  return {
    setOnly(kind, mode) {
      for (const proxy of proxies) proxy.setOnly(kind, mode)
    },
    async pass() {
      await Promise.all(proxies.map((proxy) => proxy.set({ is: "pass" })))
    },
  }
}

async function stop(all: readonly { stop(): Promise<void> }[]): Promise<void> {
  for (const each of all) await each.stop()
}
