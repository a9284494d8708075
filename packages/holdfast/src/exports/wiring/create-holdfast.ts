import { Holdfast } from "../../cache/holdfast.ts"
import { json } from "../../codecs/json.ts"
import type { ConnectionMode } from "../../clients/detect-client.ts"
import type { Clock } from "../../contracts/clock.ts"
import type { HoldfastEvent, Observer } from "../../contracts/observer.ts"
import type { Random } from "../../contracts/random.ts"
import type { Store } from "../../contracts/store.ts"
import { assertName } from "../../entry/key.ts"
import { invalidOption, positiveInteger, refuseUnknownOptions } from "../../errors/option-checks.ts"
import { domainEvents } from "../../events/domain-events.ts"
import { systemClock } from "../../internal/clock.ts"
import { systemRandom } from "../../internal/random.ts"
import { nearTier } from "../../near/near-tier.ts"
import { durationMs, type Duration } from "../../policy/duration.ts"
import { memoryStore } from "../../stores/memory/memory-store.ts"
import { breakerOptions, type BreakerPolicy } from "./breaker-policy.ts"
import { openRedisStore, type AfterFailover, type RedisStoreSettings } from "./open-redis-store.ts"

/** Options of {@link createHoldfast}. */
export interface HoldfastOptions {
  /** First part of every key. Letters, digits, `_`, `.`, `-`; begins with a letter. */
  readonly namespace: string
  /**
   * A node-redis or ioredis client (5 or 6), or `valkeyGlide(...)`, for one server or a cluster. Holdfast takes its settings and opens
   * connections of its own; it need not be connected.
   * Absent: an in-process store, with the same rules, for one process.
   */
  readonly redis?: unknown
  /** A store of your own instead of `redis`. */
  readonly store?: Store
  /** Bounds every command, whatever the client does. Default 250ms. */
  readonly commandTimeout?: Duration
  /** Commands in flight per connection; above it they are refused at once. Default 4096. */
  readonly maxInFlight?: number
  /** When to stop asking a server that fails, and for how long. */
  readonly breaker?: BreakerPolicy
  /**
   * `own`: sockets of Holdfast's own, which it can bound and rebuild. `shared`: commands go over your connected client, with its queues,
   * retries and delays, and a dead socket stays until your client notices. Default "own".
   */
  readonly connection?: ConnectionMode
  /**
   * Whether near caches also drop what others than Holdfast change in Redis (`DEL` by hand, other programs, eviction): the servers then
   * tell every process of every write in the namespace. Needs `CLIENT TRACKING`; `health()` says whether it works. Default false.
   */
  readonly tracking?: boolean
  /**
   * What to do where a server has failed over or was restarted, and may have lost invalidations that it had acknowledged. `replay`: each
   * process invalidates again what it had invalidated since the state that has survived. `clear`: each process clears its caches before it
   * reads anything, which covers what dead processes had invalidated too, and costs loads. Default "replay".
   */
  readonly afterFailover?: AfterFailover
  /** Keys and tags whose invalidation may wait while the store is away, and are remembered per server for a replay. Default 100,000. */
  readonly journalLimit?: number
  /** Gets every event. What it throws is swallowed. Without it no event object is made. */
  readonly onEvent?: Observer
  /** Default: the machine's. */
  readonly clock?: Clock
  /** Default: the machine's. */
  readonly random?: Random
}

/**
 * Makes a Holdfast. Returns at once: connections open in the background, and reads go to the source until they are there.
 *
 * Throws `INVALID_OPTION`, `INVALID_DURATION`, `UNKNOWN_CLIENT` or `CLIENT_NOT_SUPPORTED`.
 */
export function createHoldfast(options: HoldfastOptions): Holdfast {
  if (typeof options !== "object" || options === null)
    throw invalidOption("namespace", "is required: createHoldfast({ namespace }).")
  assertName("namespace", options.namespace)
  refuseUnknownOptions(options, knownOptions, "createHoldfast")
  const { namespace, clock = systemClock, random = systemRandom } = options
  if (options.onEvent !== undefined && typeof options.onEvent !== "function")
    throw invalidOption("onEvent", "must be a function.")
  const report = options.onEvent && isolated(options.onEvent)
  const journalLimit = positiveInteger("journalLimit", options.journalLimit ?? 100_000)
  const policy = { ...connectionPolicy(options), replayLimit: journalLimit }
  const store = givenStore(options) ?? storeFor(options, policy, { clock, random, report })
  const parts = { namespace, store, clock, random, report, journalLimit, defaultCodec: json() }
  return new Holdfast({ ...parts, nearTier, domainEvents })
}

type Report = (event: HoldfastEvent) => void

interface Surroundings {
  readonly clock: Clock
  readonly random: Random
  readonly report: Report | undefined
}

function givenStore({ store, redis }: HoldfastOptions): Store | undefined {
  if (store === undefined) return undefined
  if (typeof store !== "object" || store === null) throw invalidOption("store", "must be a store.")
  if (redis !== undefined) throw invalidOption("store", "stands in place of `redis`: give one of the two.")
  return store
}

/** `redis: null` is refused as no client, because a missing setting must not silently become an in-process store. */
function storeFor({ namespace, redis }: HoldfastOptions, policy: ConnectionPolicy, around: Surroundings): Store {
  return redis === undefined ? memoryStore(around) : openRedisStore({ redis, namespace, ...policy, ...around })
}

type ConnectionPolicy = Pick<
  RedisStoreSettings,
  "commandTimeoutMs" | "maxInFlight" | "breaker" | "mode" | "tracking" | "afterFailover"
>

/** Checked whether a client is given or not, so that a mistake made in memory does not wait for production. */
function connectionPolicy(options: HoldfastOptions): ConnectionPolicy {
  return {
    commandTimeoutMs: durationMs("commandTimeout", options.commandTimeout ?? "250ms"),
    maxInFlight: positiveInteger("maxInFlight", options.maxInFlight ?? 4096),
    breaker: breakerOptions(options.breaker ?? {}),
    mode: connectionMode(options.connection ?? "own"),
    tracking: trackingOf(options.tracking ?? false),
    afterFailover: afterFailoverOf(options.afterFailover ?? "replay"),
  }
}

function afterFailoverOf(what: AfterFailover): AfterFailover {
  if (what !== "replay" && what !== "clear") throw invalidOption("afterFailover", 'must be "replay" or "clear".')
  return what
}

function trackingOf(tracking: boolean): boolean {
  if (typeof tracking !== "boolean") throw invalidOption("tracking", "must be true or false.")
  return tracking
}

function connectionMode(mode: ConnectionMode): ConnectionMode {
  if (mode !== "own" && mode !== "shared") throw invalidOption("connection", 'must be "own" or "shared".')
  return mode
}

/** An observer that throws must not reach the path that reports. */
function isolated(observer: Observer): Report {
  return (event) => {
    try {
      observer(event)
    } catch {
      // Nothing to tell: the observer is the one that would be told.
    }
  }
}

const knownOptions: Record<keyof HoldfastOptions, true> = {
  namespace: true,
  redis: true,
  store: true,
  commandTimeout: true,
  maxInFlight: true,
  breaker: true,
  connection: true,
  tracking: true,
  afterFailover: true,
  journalLimit: true,
  onEvent: true,
  clock: true,
  random: true,
}
