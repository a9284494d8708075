import type { HoldfastEvent } from "../../contracts/observer.ts"
import type { RedisReply } from "../../contracts/redis-client.ts"
import type { RedisConnection, RedisScript, SendOptions } from "../../contracts/redis-connection.ts"
import type { HoldfastError } from "../../errors/holdfast-error.ts"
import { ScriptedCluster } from "../../testing/scripted-cluster.ts"
import { seededRandom } from "../../testing/seeded-random.ts"
import { virtualClock, type VirtualClock } from "../../testing/virtual-clock.ts"
import { redisConnection, type RedisConnectionOptions } from "../redis-connection.ts"

export const script: RedisScript = { name: "fill", sha1: "f".repeat(40), lua: "return 2" }

export interface ClusterScene {
  readonly clock: VirtualClock
  readonly cluster: ScriptedCluster
  readonly connection: RedisConnection
  readonly events: HoldfastEvent[]
  /** The answer to GET of this slot's key as text, or what went wrong. */
  get(slot: number, options?: SendOptions): Promise<string>
  /** The same for a script of two keys. */
  script(slot: number, options?: SendOptions): Promise<string>
  /** Runs until the promise settles. */
  until<T>(promise: Promise<T>): Promise<T>
}

export function clusterScene(
  options: Partial<RedisConnectionOptions> = {},
  prepare?: (cluster: ScriptedCluster) => void,
  { seed = 1, servers = 3, owning = servers }: { seed?: number; servers?: number; owning?: number } = {},
): ClusterScene {
  const clock = virtualClock()
  const cluster = new ScriptedCluster(clock, servers, owning)
  cluster.run = (_args, server) => Buffer.from(`from ${server}`)
  prepare?.(cluster)
  const events: HoldfastEvent[] = []
  const connection = redisConnection({
    client: cluster.client,
    clock,
    random: seededRandom(seed),
    report: (event) => events.push(event),
    ...options,
  })
  return {
    clock,
    cluster,
    connection,
    events,
    get: (slot, how) => outcome(connection.command(slot, ["GET", `s${slot}`], how)),
    script: (slot, how) => outcome(connection.script(slot, script, [`s${slot}`, `s${slot}:ctl`], [], how)),
    until: (promise) => clock.runUntil(promise),
  }
}

/** The reply as text; else the code of the error, with the server's word. */
export function outcome(promise: Promise<RedisReply>): Promise<string> {
  return promise.then(String, ({ code, facts }: HoldfastError) => [code, facts["reply"] ?? []].flat().join(" "))
}
