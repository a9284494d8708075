import type { RedisClient } from "../contracts/redis-client.ts"
import { addressMapper, clusterClient, type AddressMap } from "./cluster-client.ts"
import { nodeRedisClient, type NodeRedis } from "./node-redis-client.ts"
import { constructorOptions, settingsHidden } from "./node-redis-options.ts"

/** What Holdfast needs of a node-redis 5 or 6 cluster. */
export interface NodeRedisCluster {
  duplicate(overrides: object): NodeRedisCluster
  nodeClient(node: object): unknown
}

interface NodeRedisClusterOptions {
  readonly rootNodes: readonly NodeSettings[]
  readonly defaults?: NodeSettings
  readonly nodeAddressMap?: AddressMap
  readonly keyPrefix?: unknown
}

interface NodeSettings {
  readonly socket?: object
}

/** A node-redis cluster as a source of connections. The cluster itself need not be connected. */
export function nodeRedisCluster(user: NodeRedisCluster): RedisClient {
  const options = constructorOptions(user) as NodeRedisClusterOptions | undefined
  const node = nodeClientOf(user)
  if (options?.rootNodes === undefined || node === undefined) throw settingsHidden("cluster")
  const prefixed = (client: NodeRedis): RedisClient => nodeRedisClient(client, options.keyPrefix)
  return clusterClient({
    entrances: options.rootNodes.map((root) => prefixed(entrance(node, options.defaults, root))),
    node: prefixed(node),
    mapped: addressMapper(options.nodeAddressMap),
  })
}

/** The settings of one root node over the defaults, as the cluster itself merges them. */
function entrance(node: NodeRedis, defaults: NodeSettings = {}, root: NodeSettings): NodeRedis {
  const socket = { ...defaults.socket, ...root.socket }
  return node.duplicate({ credentialsProvider: undefined, ...defaults, ...root, socket })
}

/**
 * A client for a single server with the cluster's defaults, made by the cluster's own factory, since the library must not be
 * imported: two copies of it may be installed. The factory keeps the client in the node it was asked for, and is stopped there,
 * before it connects.
 */
function nodeClientOf(user: NodeRedisCluster): NodeRedis | undefined {
  let made: NodeRedis | undefined
  const node = {
    address: "",
    host: "localhost",
    port: 6379,
    set client(client: NodeRedis) {
      made = client
      throw new Error("Not to be connected.")
    },
  }
  try {
    user.duplicate({ nodeAddressMap: undefined, clientSideCache: undefined }).nodeClient(node)
  } catch {
    // By the setter above.
  }
  return made
}
