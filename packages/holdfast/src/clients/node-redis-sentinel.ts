import type { LinkRequest, NodeAddress, RedisClient } from "../contracts/redis-client.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { connectError } from "./client-errors.ts"
import { addressMapper, type AddressMap } from "./cluster-client.ts"
import { nodeRedisClient, type NodeRedis } from "./node-redis-client.ts"
import { constructorOptions, settingsHidden } from "./node-redis-options.ts"
import { boundedOpening } from "./opening.ts"
import { sentinelClient } from "./sentinel-client.ts"

/** Hands out the client for the primary. It is not part of the documented interface. */
const execute = "_execute"

/** What Holdfast needs of a node-redis 6 Sentinel; that of version 5 shows its settings to nobody. */
export interface NodeRedisSentinel {
  duplicate(overrides: object): NodeRedisSentinel
  connect(): Promise<unknown>
  destroy(): Promise<unknown>
  on(event: "error" | "client-error", listener: (error: unknown) => void): unknown
  [execute](isReadonly: boolean, run: (client: NodeRedis) => Promise<void>): Promise<unknown>
}

interface NodeRedisSentinelOptions {
  readonly name: string
  readonly sentinelRootNodes: readonly NodeAddress[]
  readonly nodeClientOptions?: ClientOptions
  readonly sentinelClientOptions?: ClientOptions
  readonly nodeAddressMap?: AddressMap
  readonly keyPrefix?: unknown
}

interface ClientOptions {
  readonly socket?: object
}

/** Makes a client for a single server out of another one of the same library, with the settings of the Sentinel. */
type Made = (like: NodeRedis) => RedisClient

/** A node-redis 6 Sentinel as a source of connections. It need not be connected. */
export function nodeRedisSentinel(given: Partial<NodeRedisSentinel>): RedisClient {
  if (given.duplicate === undefined || given[execute] === undefined) throw settingsHidden("Sentinel")
  const user = given as NodeRedisSentinel
  const options = constructorOptions(user) as NodeRedisSentinelOptions | undefined
  if (options?.sentinelRootNodes === undefined) throw settingsHidden("Sentinel")
  const { keyPrefix, nodeClientOptions = {}, sentinelClientOptions = {} } = options
  if (keyPrefix !== undefined && keyPrefix !== "") throw prefixed()
  const mapped = addressMapper(options.nodeAddressMap)
  const clientOf = sharedProbe(user, options)
  const lazily = (seed: NodeAddress | undefined, made: Made): RedisClient => ({
    driver: "node-redis",
    topology: "standalone",
    seeds: seed === undefined ? [] : [seed],
    connect: async (request) => made(await clientOf(request)).connect(request),
  })
  // Out of a password the library makes a provider of its own.
  const forSentinels = { ...unset(nodeClientOptions), credentialsProvider: undefined, ...sentinelClientOptions }
  return sentinelClient({
    primaryName: options.name,
    entrances: options.sentinelRootNodes.map((seed) => {
      const { host, port } = mapped(`${seed.host}:${seed.port}`) ?? seed
      const socket = { ...sentinelClientOptions.socket, host, port }
      return lazily(seed, (like) => nodeRedisClient(like.duplicate({ ...forSentinels, socket })))
    }),
    node: lazily(undefined, (like) => nodeRedisClient(like)),
    mapped,
  })
}

/**
 * Makes a client for a single server, once. The library must not be imported, since two copies of it may be installed, and a Sentinel
 * gives such a client to nobody before it has connected: so a copy of the user's is connected for a moment. What it does from then on
 * (queueing, sending again, reading from replicas) is of no concern: from its client others are made.
 */
function sharedProbe(
  user: NodeRedisSentinel,
  options: NodeRedisSentinelOptions,
): (request: LinkRequest) => Promise<NodeRedis> {
  let probing: Promise<NodeRedis> | undefined
  return async (request) => {
    probing ??= probe(user, options, request)
    const mine = probing
    try {
      return await boundedOpening(mine, request, () => {})
    } catch (error) {
      if (probing === mine) probing = undefined
      throw error
    }
  }
}

async function probe(
  user: NodeRedisSentinel,
  options: NodeRedisSentinelOptions,
  { connectTimeoutMs }: LinkRequest,
): Promise<NodeRedis> {
  const sentinel = user.duplicate(probeOverrides(options, Math.ceil(connectTimeoutMs / 4)))
  let told: unknown
  sentinel.on("error", (error) => {
    // What it rejects with says nothing of the cause.
    if (error instanceof Error) told ??= error
  })
  sentinel.on("client-error", ignore)
  let found: NodeRedis | undefined
  try {
    await sentinel.connect()
    await sentinel[execute](false, async (client) => void (found = client))
  } catch (error) {
    throw told instanceof Error && told.message.includes("No such master") ? unknownName() : connectError(told ?? error)
  } finally {
    sentinel.destroy().catch(ignore)
  }
  if (found === undefined) throw settingsHidden("Sentinel")
  return found
}

/** One connection each, no second attempt, and no sentinel or server that holds it up. */
function probeOverrides(options: NodeRedisSentinelOptions, timeoutMs: number): object {
  const bounded = (given: ClientOptions = {}): ClientOptions => ({
    ...given,
    socket: { ...given.socket, connectTimeout: timeoutMs, socketTimeout: timeoutMs, reconnectStrategy: false },
  })
  return {
    nodeClientOptions: bounded(options.nodeClientOptions),
    sentinelClientOptions: bounded(options.sentinelClientOptions),
    masterPoolSize: 1,
    replicaPoolSize: 0,
    reserveClient: false,
    scanInterval: 0,
    maxCommandRediscovers: 0,
    passthroughClientErrorEvents: false,
    clientSideCache: undefined,
    commandOptions: undefined,
  }
}

function unset(options: object): object {
  return Object.fromEntries(Object.keys(options).map((name) => [name, undefined]))
}

function unknownName(): HoldfastError {
  return new HoldfastError("STORE_UNAVAILABLE", "A sentinel knows no primary of that name.", {
    facts: { reason: "it knows no primary of the name that your client asks for" },
  })
}

function prefixed(): HoldfastError {
  return new HoldfastError(
    "CLIENT_NOT_SUPPORTED",
    "The node-redis Sentinel has a `keyPrefix`; use Holdfast's `namespace` instead.",
  )
}

function ignore(): void {}
