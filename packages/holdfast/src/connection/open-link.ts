import type { Clock } from "../contracts/clock.ts"
import type { NodeAddress, RedisClient, RedisLink } from "../contracts/redis-client.ts"
import { deferred } from "../internal/deferred.ts"
import { onAbort } from "../internal/on-abort.ts"
import type { DeadlineQueue } from "../policy/deadline-queue.ts"
import { bounded } from "./bounded.ts"
import { unavailable } from "./refusals.ts"

/** Where and how links to one node are opened. */
export interface NodeOptions {
  readonly client: RedisClient
  readonly clock: Clock
  readonly deadlines: DeadlineQueue
  readonly target: LinkTarget
  /** What to call it. */
  readonly node: NodeAddress
  readonly commandTimeoutMs: number
  readonly connectTimeoutMs: number
  /** How often an idle socket is asked for a sign of life. */
  readonly beatMs: number
  /** How many silences in a row end a socket. */
  readonly missLimit: number
  /** Aborted when the owner closes: what is being opened then is of no use. */
  readonly signal: AbortSignal
}

/** Where to connect; undefined: where the user's client says. A function finds it out anew for every link, in bounded time. */
export type LinkTarget = NodeAddress | undefined | ((signal: AbortSignal) => Promise<NodeAddress>)

export interface OpenedLink<T> {
  readonly link: RedisLink
  readonly prepared: T
  /** Resolves when the socket closes, for whatever reason. */
  readonly closed: Promise<Error | undefined>
}

/**
 * Opens a link and runs `prepare` on it before anybody else can use it.
 *
 * If preparing fails, takes longer than the connect timeout, or the socket closes meanwhile, the link is destroyed and this rejects.
 */
export async function openLink<T>(
  options: NodeOptions,
  purpose: "data" | "subscriber",
  prepare: (link: RedisLink, at: NodeAddress) => Promise<T>,
): Promise<OpenedLink<T>> {
  const { client, target, node, connectTimeoutMs, signal } = options
  const closed = deferred<Error | undefined>()
  const found = typeof target === "function" ? await target(signal) : target
  const link = await client.connect({ node: found, purpose, connectTimeoutMs, signal, onClose: closed.resolve })
  const unlisten = onAbort(signal, () => link.destroy())
  const closesEarly = closed.promise.then(() => {
    throw unavailable(node, "it closes new connections")
  })
  const outcome = await bounded(Promise.race([prepare(link, found ?? node), closesEarly]), connectTimeoutMs, options)
  unlisten()
  if (outcome.is === "answered") return { link, prepared: outcome.value, closed: closed.promise }
  link.destroy()
  if (outcome.is === "failed") throw outcome.error
  throw unavailable(node, "it accepts connections and does not answer")
}
