import type { LinkRequest, NodeAddress, RedisClient, RedisLink } from "../contracts/redis-client.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { boundedOpening } from "./opening.ts"
import { ValkeyGlideLink } from "./valkey-glide-link.ts"
import type { GlideClientClass, GlideConfiguration } from "./valkey-glide-shape.ts"

/** What a GLIDE configuration does not say. */
export interface ValkeyGlideOptions {
  /** How the servers stand together. `cluster`: `addresses` are some of its servers. Default "standalone". */
  readonly topology?: "standalone" | "cluster"
}

/**
 * Valkey GLIDE 2 as a client for Holdfast: `createHoldfast({ redis: valkeyGlide(GlideClient, configuration), namespace })`.
 *
 * Pass the class `GlideClient`, also for a cluster, and the configuration that you would give to its `createClient`.
 * The guide on Valkey GLIDE says what Holdfast overrides in it, and what is lost against other clients.
 *
 * Throws `CLIENT_NOT_SUPPORTED`.
 */
export function valkeyGlide<Configuration extends GlideConfiguration>(
  GlideClient: GlideClientClass<Configuration>,
  configuration: Configuration,
  options: ValkeyGlideOptions = {},
): RedisClient {
  const topology = options.topology ?? "standalone"
  const seeds = configuration.addresses.map(({ host, port = 6379 }) => ({ host, port }))
  assertUsable(GlideClient, seeds)
  const open = (server: NodeAddress, request: LinkRequest, primaryOnly: boolean): Promise<RedisLink> =>
    openLink(GlideClient, configuration, server, request, primaryOnly)
  return {
    driver: "valkey-glide",
    topology,
    seeds,
    connect: (request) => connect(request.node === undefined ? seeds : [request.node], request, open),
  }
}

/** Of several addresses, those of replicas are passed over. */
async function connect(
  servers: readonly NodeAddress[],
  request: LinkRequest,
  open: (server: NodeAddress, request: LinkRequest, primaryOnly: boolean) => Promise<RedisLink>,
): Promise<RedisLink> {
  const connectTimeoutMs = Math.ceil(request.connectTimeoutMs / servers.length)
  let failure: unknown
  for (const server of servers) {
    try {
      return await open(server, { ...request, connectTimeoutMs }, servers.length > 1)
    } catch (error) {
      failure ??= error
      if (request.signal?.aborted === true) break
    }
  }
  throw failure
}

async function openLink<Configuration extends GlideConfiguration>(
  GlideClient: GlideClientClass<Configuration>,
  configuration: Configuration,
  server: NodeAddress,
  request: LinkRequest,
  primaryOnly: boolean,
): Promise<RedisLink> {
  const [host, port] = configuration.addressResolver?.(server.host, server.port) ?? [server.host, server.port]
  const tls =
    configuration.useTLS === true ? (configuration.advancedConfiguration?.tlsAdvancedConfiguration ?? {}) : undefined
  const link = new ValkeyGlideLink(request, { server: { host, port }, tls, primaryOnly })
  const opening = link.open((localPort) =>
    GlideClient.createClient({ ...configuration, ...overrides(configuration, request, localPort, link) }),
  )
  await boundedOpening(opening, request, () => link.destroy())
  return link
}

/** Longer than anybody waits: GLIDE's own bounds never matter. */
const foreverMs = 2 ** 31 - 1
/** After it the link is dead: what GLIDE has sent is answered within it, or never. */
const unansweredMs = 60_000

/** The user's settings with everything switched off that would connect, retry, keep, pack or refuse behind our back. */
function overrides(
  configuration: GlideConfiguration,
  { purpose, connectTimeoutMs }: LinkRequest,
  port: number,
  link: ValkeyGlideLink,
): object {
  const isSubscriber = purpose === "subscriber"
  return {
    addresses: [{ host: "127.0.0.1", port }],
    addressResolver: undefined,
    useTLS: false,
    advancedConfiguration: { connectionTimeout: connectTimeoutMs, tcpNoDelay: true },
    // With nothing else can a client be destroyed while it connects.
    lazyConnect: true,
    // No retries at all would keep a processor busy.
    connectionBackoff: { numberOfRetries: 1, factor: foreverMs, exponentBase: 1, jitterPercent: 1 },
    requestTimeout: unansweredMs,
    inflightRequestsLimit: 1_000_000,
    clientCircuitBreaker: undefined,
    clientSideCache: undefined,
    compression: undefined,
    readFrom: "primary",
    readOnly: false,
    // Whether it is a primary is none of GLIDE's business.
    nodeDiscoveryMode: 1,
    // RESP2 (1) spares GLIDE's own forms of replies; it refuses subscriptions there.
    protocol: isSubscriber ? 0 : 1,
    pubsubSubscriptions: isSubscriber ? { channelsAndPatterns: {}, callback: link.hear } : undefined,
    defaultDecoder: 0,
    clientInfoTag: configuration.clientInfoTag ?? "holdfast",
  }
}

function assertUsable(GlideClient: unknown, seeds: readonly NodeAddress[]): void {
  const { createClient, prototype } = (GlideClient ?? {}) as { createClient?: unknown; prototype?: object }
  if (typeof createClient !== "function") throw refused("Pass the class `GlideClient` of @valkey/valkey-glide 2.")
  if (prototype !== undefined && "ssubscribe" in prototype) {
    throw refused('For a cluster, pass the class `GlideClient` all the same, with { topology: "cluster" }.')
  }
  if (prototype !== undefined && "customCommand" in prototype && !("subscribe" in prototype)) {
    throw refused("This GLIDE cannot subscribe at any time; install @valkey/valkey-glide 2.5 or newer.")
  }
  if (seeds.length === 0) throw refused("The GLIDE configuration names no `addresses`.")
}

function refused(message: string): HoldfastError {
  return new HoldfastError("CLIENT_NOT_SUPPORTED", message)
}
