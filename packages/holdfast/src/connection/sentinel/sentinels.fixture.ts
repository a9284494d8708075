import type { HoldfastEvent } from "../../contracts/observer.ts"
import type { NodeAddress, RedisClient, RedisReply } from "../../contracts/redis-client.ts"
import type { RedisConnection } from "../../contracts/redis-connection.ts"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { ScriptedServer } from "../../testing/scripted-server.ts"
import { seededRandom } from "../../testing/seeded-random.ts"
import { virtualClock, type VirtualClock } from "../../testing/virtual-clock.ts"
import { redisConnection, type RedisConnectionOptions } from "../redis-connection.ts"

/** What a sentinel believes: the number of a server, and the epoch of the fail-over that made it the primary. */
export interface Belief {
  server: number | undefined
  epoch: number
}

export interface SentinelScene {
  readonly clock: VirtualClock
  readonly connection: RedisConnection
  readonly events: HoldfastEvent[]
  readonly sentinels: readonly ScriptedServer[]
  readonly beliefs: readonly Belief[]
  readonly servers: readonly ScriptedServer[]
  /** The answer to GET, or what went wrong. */
  get(): Promise<string>
  /** Makes this server the primary, and all sentinels know. */
  promote(server: number): void
}

const sentinelPort = 26_000
const serverPort = 7000

/** Three sentinels that watch three servers, the first of which is the primary. */
export function sentinelScene(
  prepare?: (scene: Omit<SentinelScene, "connection" | "get">) => void,
  options: Partial<RedisConnectionOptions> = {},
): SentinelScene {
  const clock = virtualClock()
  const beliefs: Belief[] = [0, 1, 2].map(() => ({ server: 0, epoch: 0 }))
  const sentinels = beliefs.map((belief) => {
    const sentinel = new ScriptedServer(clock)
    sentinel.answer = (args) => answerOf(belief, args)
    return sentinel
  })
  const servers = [0, 1, 2].map((number) => {
    const server = new ScriptedServer(clock)
    server.runId = `run-of-${number}`
    server.role = number === 0 ? "master" : "slave"
    server.answer = () => Buffer.from(`from ${number}`)
    return server
  })
  const promote = (chosen: number): void => {
    servers.forEach((server, number) => (server.role = number === chosen ? "master" : "slave"))
    beliefs.forEach((belief) => Object.assign(belief, { server: chosen, epoch: belief.epoch + 1 }))
  }
  const events: HoldfastEvent[] = []
  prepare?.({ clock, events, sentinels, beliefs, servers, promote })
  const connection = redisConnection({
    client: clientOf(sentinels, servers),
    clock,
    random: seededRandom(1),
    report: (event) => events.push(event),
    ...options,
  })
  const get = (): Promise<string> =>
    connection.command(0, ["GET", "k"]).then(String, (error: HoldfastError) => error.code)
  return { clock, connection, events, sentinels, beliefs, servers, get, promote }
}

function answerOf({ server, epoch }: Belief, [, question, name]: readonly string[]): RedisReply {
  if (server === undefined || name !== "shop") return null
  const fields = ["name", "shop", "config-epoch", String(epoch)]
  const texts = question === "MASTER" ? fields : ["scripted", String(serverPort + server)]
  return texts.map((text) => Buffer.from(text))
}

function clientOf(sentinels: readonly ScriptedServer[], servers: readonly ScriptedServer[]): RedisClient {
  const at = ({ port }: NodeAddress): ScriptedServer | undefined =>
    port >= sentinelPort ? sentinels[port - sentinelPort] : servers[port - serverPort]
  return {
    driver: "scripted",
    topology: "sentinel",
    primaryName: "shop",
    seeds: sentinels.map((_sentinel, number) => ({ host: "scripted", port: sentinelPort + number })),
    connect: (request) => {
      const server = request.node === undefined ? undefined : at(request.node)
      if (server !== undefined) return server.connect(request)
      return Promise.reject(new HoldfastError("STORE_UNAVAILABLE", "Nobody listens there."))
    },
  }
}
