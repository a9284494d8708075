import type { Clock } from "../contracts/clock.ts"
import type { NodeAddress, RedisClient, RedisReply } from "../contracts/redis-client.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { refusal, ScriptedServer, type ScriptedLink, type ScriptedReply } from "./scripted-server.ts"

interface Move {
  readonly to: number
  readonly arrived: Set<string>
}

/**
 * Scripted servers that share 16,384 slots evenly and answer MOVED, ASK and TRYAGAIN as a cluster does.
 * The slot of a key is the number in its name: `s42` and `s42:ctl` are in slot 42.
 */
export class ScriptedCluster {
  readonly servers: readonly ScriptedServer[]
  /** The servers that a client is configured with, by number. */
  seeds: readonly number[] = [0]
  /** What a server does with a command that has reached the right one. */
  run: (args: readonly string[], server: number) => ScriptedReply = () => Buffer.from("OK")
  /** How often the slot map was asked for. */
  questions = 0
  /** False: a server does not name its own host in the map. */
  namesItself = true
  readonly #owners: number[]
  readonly #moves = new Map<number, Move>()
  readonly #oldMaps = new Map<number, RedisReply>()
  readonly #asking = new Set<ScriptedLink>()

  constructor(clock: Clock, count: number, owning: number) {
    this.#owners = Array.from({ length: 16_384 }, (_, slot) => Math.floor((slot * owning) / 16_384))
    this.servers = Array.from({ length: count }, (_, number) => {
      const server = new ScriptedServer(clock)
      server.runId = `run-of-${number}`
      server.answer = (args, link) => this.#answer(args, link, number)
      return server
    })
  }

  get client(): RedisClient {
    return {
      driver: "scripted",
      topology: "cluster",
      seeds: this.seeds.map(addressOf),
      connect: (request) => {
        const server = this.servers[(request.node?.port ?? 0) - firstPort]
        if (server !== undefined) return server.connect(request)
        return Promise.reject(new HoldfastError("STORE_UNAVAILABLE", "Nobody listens there."))
      },
    }
  }

  /** Gives a slot, or all from the first to the last, to a server. */
  assign(to: number, slot: number, last: number = slot): void {
    this.#owners.fill(to, slot, last + 1)
    for (let each = slot; each <= last; each++) this.#moves.delete(each)
  }

  /** Takes the owner from a slot. */
  orphan(slot: number): void {
    this.#owners[slot] = -1
  }

  /** Begins to move a slot; keys arrive one by one. */
  move(slot: number, to: number, arrived: readonly string[] = []): void {
    this.#moves.set(slot, { to, arrived: new Set(arrived) })
  }

  /** From now on this server tells this slot map, by default the one it has now. */
  stopLearning(server: number, map: RedisReply = this.#map(server)): void {
    this.#oldMaps.set(server, map)
  }

  /** Commands that a server has received, without questions for the map. */
  received(server: number): readonly string[][] {
    return this.servers[server]?.received.filter(([name]) => name !== "CLUSTER" && name !== "SUBSCRIBE") ?? []
  }

  #answer(args: readonly string[], link: ScriptedLink, server: number): ScriptedReply {
    if (args[0] === "CLUSTER") {
      this.questions++
      return this.#oldMaps.get(server) ?? this.#map(server)
    }
    if (args[0] === "ASKING") {
      this.#asking.add(link)
      return Buffer.from("OK")
    }
    const asking = this.#asking.delete(link)
    const keys = args.filter((arg) => /^s\d+(:|$)/.test(arg))
    return this.#refusal(keys, asking, server) ?? this.run(args, server)
  }

  #refusal(keys: readonly string[], asking: boolean, server: number): HoldfastError | undefined {
    const [key] = keys
    if (key === undefined) return undefined
    const slot = Number(key.slice(1).split(":")[0])
    const owner = this.#owners[slot] ?? -1
    const move = this.#moves.get(slot)
    if (owner === -1) return refusal("CLUSTERDOWN")
    const here = keys.filter((each) => move?.arrived.has(each) === (server === move?.to)).length
    if (asking && move?.to === server) return keys.length > 1 && here < keys.length ? refusal("TRYAGAIN") : undefined
    if (owner !== server) return redirection("MOVED", slot, owner)
    if (move === undefined || here === keys.length) return undefined
    return here === 0 ? redirection("ASK", slot, move.to) : refusal("TRYAGAIN")
  }

  #map(server: number): RedisReply {
    const ranges: RedisReply[] = []
    let from = 0
    for (let slot = 1; slot <= this.#owners.length; slot++) {
      const owner = this.#owners[from] ?? -1
      if (this.#owners[slot] === owner) continue
      if (owner !== -1) ranges.push([from, slot - 1, this.#entry(owner, server)])
      from = slot
    }
    return ranges
  }

  #entry(owner: number, server: number): RedisReply {
    const { host, port } = addressOf(owner)
    return [owner === server && !this.namesItself ? null : Buffer.from(host), port, Buffer.from(`id-${owner}`)]
  }
}

const firstPort = 7000

export function addressOf(server: number): NodeAddress {
  return { host: "scripted", port: firstPort + server }
}

function redirection(word: "MOVED" | "ASK", slot: number, to: number): HoldfastError {
  const { host, port } = addressOf(to)
  return refusal(word, "COMMAND", { slot, address: `${host}:${port}` })
}
