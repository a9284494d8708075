import type { NodeAddress, RedisArgument, RedisReply } from "../../../contracts/redis-client.ts"
import type { Generation, PrimaryServer, RedisConnection, SendOptions } from "../../../contracts/redis-connection.ts"
import { digestOf } from "../../../entry/digest.ts"
import { slotOf } from "../../../entry/slot.ts"
import { HoldfastError } from "../../../errors/holdfast-error.ts"
import type { seededRandom } from "../../../testing/seeded-random.ts"

type Random = ReturnType<typeof seededRandom>

const bucketCount = 16
const slotCount = 16_384

/** One server: its keys lie in buckets, which SCAN walks through one by one. */
class MovingServer implements PrimaryServer {
  readonly node: NodeAddress
  readonly id: string
  readonly keys: Set<string> = new Set()
  readonly owned: Set<number> = new Set()
  readonly leaving: Map<number, MovingServer> = new Map()
  readonly arriving: Map<number, MovingServer> = new Map()
  epoch: number
  readonly #cluster: MovingCluster
  readonly #buckets = new Map<string, number>()
  #ranges: readonly string[] | undefined

  constructor(cluster: MovingCluster, number: number) {
    this.#cluster = cluster
    this.node = { host: "h", port: 7000 + number }
    this.id = `id-${number}`
    this.epoch = number + 1
  }

  get generation(): Generation {
    return this.#cluster.generationOf(this)
  }

  async command(args: readonly RedisArgument[], options: SendOptions = {}): Promise<RedisReply> {
    this.#cluster.step()
    await Promise.resolve()
    if (options.generation !== undefined && options.generation !== this.generation)
      throw new HoldfastError("GENERATION_CHANGED", "Another run.")
    options.onSend?.(this.generation)
    const reply = this.#reply(args.map(String))
    this.#cluster.step()
    return reply
  }

  claim(slot: number): void {
    this.owned.add(slot)
    this.#ranges = undefined
  }

  release(slot: number): void {
    this.owned.delete(slot)
    this.#ranges = undefined
  }

  get ranges(): readonly string[] {
    return (this.#ranges ??= rangesOf(this.owned))
  }

  #reply([name, ...args]: readonly string[]): RedisReply {
    if (name === "SCAN") return this.#scan(Number(args[0]))
    if (args[0] === "NODES") return Buffer.from(this.#nodes())
    if (this.#cluster.refusesLists) throw new HoldfastError("SERVER_REFUSED", "No.", { facts: { reply: "NOPERM" } })
    return this.#list(Number(args[1]), Number(args[2]))
  }

  #list(slot: number, count: number): RedisReply {
    this.#cluster.listed += 1
    const here = this.#cluster.keysOf(slot).filter((key) => this.keys.has(key))
    return here.slice(0, count).map((key) => Buffer.from(key))
  }

  #scan(cursor: number): RedisReply {
    const here = [...this.keys].filter((key) => this.#bucketOf(key) === cursor)
    const next = cursor + 1 === bucketCount ? 0 : cursor + 1
    return [Buffer.from(String(next)), here.map((key) => Buffer.from(key))]
  }

  #bucketOf(key: string): number {
    const known = this.#buckets.get(key) ?? digestOf(`${this.id} ${key}`).low % bucketCount
    this.#buckets.set(key, known)
    return known
  }

  #nodes(): string {
    return this.#cluster.servers
      .map((server) => {
        const flags = server === this ? "myself,master" : "master"
        const moves = [...server.leaving].map(([slot, { id }]) => `[${slot}->-${id}]`)
        const comes = [...server.arriving].map(([slot, { id }]) => `[${slot}-<-${id}]`)
        const slots = [...server.ranges, ...(server === this ? [...moves, ...comes] : [])]
        const place = `${server.node.host}:${server.node.port}@17000`
        return [server.id, place, flags, "-", 0, 0, server.epoch, "connected", ...slots].join(" ")
      })
      .join("\n")
  }
}

function rangesOf(slots: ReadonlySet<number>): readonly string[] {
  const ranges: string[] = []
  for (let slot = 0, from = 0; slot <= slotCount; slot++) {
    if (slots.has(slot)) continue
    if (from < slot) ranges.push(`${from}-${slot - 1}`)
    from = slot + 1
  }
  return ranges
}

const firstOwner = (slot: number): number => Math.floor((slot * 3) / slotCount)

interface Move {
  readonly slot: number
  readonly from: MovingServer
  readonly to: MovingServer
  stage: "keys" | "taken"
}

/** A cluster whose slots move, a step at a time, while it is asked. The last of its servers owns nothing at first, and is not told of. */
export class MovingCluster {
  readonly servers: readonly MovingServer[]
  refusesLists = false
  /** Nobody tells a giver that its move has ended: Redis goes on naming it then. */
  leavesMarks = false
  /** Slots that were listed so far. */
  listed = 0
  readonly #generations = new Map<string, Generation>()
  readonly #random: Random
  readonly #slots: readonly number[]
  readonly #bySlot = new Map<number, readonly string[]>()
  #moves: Move[] = []
  #left: number
  readonly #perStep: number

  /** @param keys all of them are there throughout */
  constructor(random: Random, keys: readonly string[], { moves, perStep }: { moves: number; perStep: number }) {
    this.#random = random
    this.#left = moves
    this.#perStep = perStep
    this.servers = [0, 1, 2, 3].map((number) => new MovingServer(this, number))
    for (let slot = 0; slot < slotCount; slot++) this.#at(firstOwner(slot)).claim(slot)
    for (const key of keys) this.#bySlot.set(slotOf(key), [...(this.#bySlot.get(slotOf(key)) ?? []), key])
    this.#slots = [...this.#bySlot.keys()]
    for (const key of keys) this.#at(firstOwner(slotOf(key))).keys.add(key)
  }

  get connection(): RedisConnection {
    const find = ({ port }: NodeAddress): PrimaryServer => this.#at(port - 7000)
    const known = this.servers.filter((server, at) => at < 3 || server.owned.size > 0)
    return {
      sharesSlots: false,
      servers: () => known,
      server: find,
      nodes: () => [{ state: "ready" }],
    } as Partial<Record<keyof RedisConnection, unknown>> as RedisConnection
  }

  generationOf(server: MovingServer): Generation {
    const runId = `run-of-${server.id}`
    const known = this.#generations.get(runId)
    const fresh = {
      node: server.node,
      runId,
      role: "primary",
      server: undefined,
      features: new Set(),
      lacking: new Set(),
    } as Generation
    if (known === undefined) this.#generations.set(runId, fresh)
    return known ?? fresh
  }

  keysOf(slot: number): readonly string[] {
    return this.#bySlot.get(slot) ?? []
  }

  /** What happens between two commands. */
  step(): void {
    for (let left = this.#random.float() * this.#perStep; left > 0; left--) this.#oneStep()
  }

  #oneStep(): void {
    const [move] = this.#pick(this.#moves)
    if (this.#left > 0 && this.#moves.length < 3 && this.#random.float() < 0.3) this.#begin()
    else if (move !== undefined) this.#goOn(move)
  }

  #begin(): void {
    const [slot] = this.#pick(this.#slots)
    const from = this.servers.find(({ owned }) => slot !== undefined && owned.has(slot))
    const [to] = this.#pick(this.servers.filter((server) => server !== from))
    if (slot === undefined || from === undefined || to === undefined) return
    if (this.#moves.some((move) => move.slot === slot)) return
    this.#left -= 1
    to.arriving.set(slot, from)
    from.leaving.set(slot, to)
    this.#moves.push({ slot, from, to, stage: "keys" })
  }

  #goOn(move: Move): void {
    const { slot, from, to } = move
    const key = this.#bySlot.get(slot)?.find((each) => from.keys.has(each))
    if (move.stage === "keys" && key !== undefined) {
      to.keys.add(key)
      from.keys.delete(key)
    } else if (move.stage === "keys") {
      const highest = Math.max(...this.servers.map(({ epoch }) => epoch))
      if (to.epoch !== highest) to.epoch = highest + 1
      to.claim(slot)
      to.arriving.delete(slot)
      move.stage = "taken"
    } else {
      from.release(slot)
      if (!this.leavesMarks) from.leaving.delete(slot)
      this.#moves = this.#moves.filter((each) => each !== move)
    }
  }

  #pick<T>(all: readonly T[]): readonly [T | undefined] {
    return [all[Math.floor(this.#random.float() * all.length)]]
  }

  #at(number: number): MovingServer {
    const server = this.servers[number]
    if (server === undefined) throw new Error(`There is no server ${number}.`)
    return server
  }
}
