import type { RedisLink } from "../contracts/redis-client.ts"
import type { BeforeUse, Generation } from "../contracts/redis-connection.ts"
import { ask } from "./ask.ts"
import { isStillCurrent, readGeneration } from "./generation.ts"
import { openLink, type NodeOptions } from "./open-link.ts"
import { replicaFound } from "./refusals.ts"
import type { ServerClock } from "./server-clock.ts"
import { Watchdog } from "./watchdog.ts"

/** A socket to a primary, with all that is bound to it. */
export interface DataSocket {
  readonly link: RedisLink
  readonly generation: Generation
  readonly watchdog: Watchdog
  readonly closed: Promise<Error | undefined>
  /** Commands without an answer, given up or not: what the client holds in memory. */
  unanswered: number
}

export interface DataSocketOptions extends NodeOptions {
  readonly serverClock: ServerClock
  readonly beforeUse: BeforeUse
}

/**
 * Opens a socket and reads its generation before its first use. Rejects if it leads to a replica: nothing is read from one.
 *
 * `unfit` is told once when the socket is dead or leads to something else than it did, and must destroy it.
 * `beat` is told after every sign of life that was asked for.
 */
export async function openDataSocket(
  options: DataSocketOptions,
  listener: { unfit(socket: DataSocket, why: string): void; beat(socket: DataSocket): void },
): Promise<DataSocket> {
  const { link, prepared, closed } = await openLink(options, "data", (opened, node) =>
    readPrimary(opened, { ...options, node }),
  )
  const watchdog = new Watchdog({
    clock: options.clock,
    deadlines: options.deadlines,
    beatMs: options.beatMs,
    timeoutMs: options.commandTimeoutMs,
    missLimit: options.missLimit,
    ping: async () => {
      if (await isStillCurrent(link, prepared, options)) listener.beat(socket)
      else listener.unfit(socket, "the server has another role or history than before")
    },
    dead: (why) => listener.unfit(socket, why),
  })
  const socket: DataSocket = { link, generation: prepared, watchdog, closed, unanswered: 0 }
  return socket
}

async function readPrimary(link: RedisLink, options: DataSocketOptions): Promise<Generation> {
  const generation = await readGeneration(link, options)
  if (generation.role === "replica") throw replicaFound()
  await options.beforeUse(generation, (args) => ask(link, args))
  return generation
}
