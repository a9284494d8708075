import { until, type RedisCluster, type SlotMove as RealMove } from "@holdfast/servers"
import { keySlot } from "../key-slot.ts"
import { ModelCluster } from "../model-cluster.ts"
import { ModelNode, type ModelSession } from "../model-node.ts"
import { ModelError, type ModelReply } from "../model-reply.ts"
import type { SlotMove } from "../slot-move.ts"
import type { ClusterStep } from "./cluster-steps.ts"
import { keys } from "./random-commands.ts"
import { inOrder, sameReply } from "./same-reply.ts"
import { Wire } from "./wire.ts"

/** The slot that moves. */
export const movingSlot = keySlot(keys.value)

const channel = "{e}:wake"
const busProbe = "probe of "

interface Player {
  readonly wire: Wire
  readonly node: ModelNode
  readonly session: ModelSession
}

/** A real cluster and its model, to which the same is done. */
export class ClusterPair {
  readonly cluster: RedisCluster
  readonly model: ModelCluster
  readonly players: readonly Player[]
  /** What was published, as it was heard at each of the servers and of the models. */
  readonly messages: { readonly real: string[]; readonly model: string[] } = { real: [], model: [] }
  /** How often each error was seen, by its first word or words. */
  readonly errors = new Map<string, number>()
  readonly #ears: Wire[] = []
  /** Which server has heard which other, as probes. */
  readonly #links = new Set<string>()
  #moves: { readonly real: RealMove; readonly model: SlotMove } | undefined

  private constructor(cluster: RedisCluster, model: ModelCluster, players: readonly Player[]) {
    this.cluster = cluster
    this.model = model
    this.players = players
  }

  static async open(cluster: RedisCluster): Promise<ClusterPair> {
    const model = new ModelCluster()
    let ids = 0
    const players: Player[] = []
    for (const { host, port } of cluster.nodes) {
      const newId = (): string => String(++ids).padStart(40, "0")
      const node = new ModelNode({ node: { host, port }, nowMs: () => Date.now(), newId, cluster: model })
      const session = node.connect({ push: () => {}, closed: () => {} })
      players.push({ wire: await Wire.open({ host, port }), node, session })
    }
    model.shareSlots()
    const pair = new ClusterPair(cluster, model, players)
    await pair.#listen()
    return pair
  }

  /** Does one step. What it says if the two differ, undefined if they agree. */
  async play(step: ClusterStep): Promise<string | undefined> {
    if (step.is === "command") return this.#command(step)
    await this.#move(step)
    return undefined
  }

  async command(node: number, ...args: readonly string[]): Promise<string | undefined> {
    return this.#command({ is: "command", node, asking: false, args })
  }

  close(): void {
    for (const { wire } of this.players) wire.close()
    for (const ear of this.#ears) ear.close()
  }

  async #command({ node, asking, args }: Extract<ClusterStep, { is: "command" }>): Promise<string | undefined> {
    const player = this.players[node] as Player
    const commands = asking ? [["ASKING"], args] : [args]
    const real = (await player.wire.send(commands)).at(-1) ?? null
    const model = commands.map((each) => player.node.execute(player.session, each)).at(-1) ?? null
    if (model instanceof ModelError) this.#count(model.text)
    const [one, other] = [comparable(inOrder(args, real)), comparable(inOrder(args, model))]
    if (sameReply(one, other)) return undefined
    return `the server: ${JSON.stringify(one)}\nthe model:  ${JSON.stringify(other)}`
  }

  #count(text: string): void {
    const name = /^(?!ERR)[A-Z]{3,}|^ERR [A-Za-z ]+/.exec(text)?.[0] ?? text
    this.errors.set(name, (this.errors.get(name) ?? 0) + 1)
  }

  async #move(step: Exclude<ClusterStep, { is: "command" }>): Promise<void> {
    if (step.is === "begin") return this.#begin(step.by)
    const moves = this.#moves
    if (moves === undefined) return
    if (step.is === "migrate") {
      await moves.real.migrateKeys(step.keys)
      for (const key of step.keys) moves.model.migrateKey(key)
      return
    }
    await moves.real[step.is]()
    moves.model[step.is]()
    this.#moves = undefined
  }

  async #begin(by: number): Promise<void> {
    if (this.#moves !== undefined) return
    const owner = this.players.findIndex(({ node }) => node === this.model.ownerOf(movingSlot))
    const at = (owner + by) % this.players.length
    const [server, node] = [this.cluster.nodes[at], this.players[at]?.node]
    if (server === undefined || node === undefined) throw new Error("There is no such node.")
    const real = await this.cluster.beginMove(movingSlot, server)
    this.#moves = { real, model: this.model.beginMove(movingSlot, node) }
  }

  async #listen(): Promise<void> {
    for (const { node } of this.players) {
      const ear = await Wire.open(node.node)
      await ear.command("SUBSCRIBE", channel)
      const at = node.node.port
      ear.onPush = (reply) => {
        const message = `${at} ${(reply as readonly string[])[2]}`
        if (message.includes(busProbe)) this.#links.add(message)
        else this.messages.real.push(message)
      }
      this.#ears.push(ear)
      const push = (_: string, message: string): void => void this.messages.model.push(`${at} ${message}`)
      node.execute(node.connect({ push, closed: () => {} }), ["SUBSCRIBE", channel])
    }
    await this.#joinBus()
  }

  /** A new cluster's bus drops what is published before all its links stand: waits until each server hears each other. */
  async #joinBus(): Promise<void> {
    for (const { wire, node } of this.players) {
      const heardByAll = async (): Promise<boolean> => {
        await wire.command("PUBLISH", channel, `${busProbe}${node.node.port}`)
        return [...this.#links].filter((link) => link.endsWith(` ${node.node.port}`)).length === this.players.length
      }
      const isUp = await until(heardByAll, { timeoutMs: 10_000 })
      if (isUp === undefined) throw new Error("The bus of the new cluster does not carry what is published.")
    }
  }
}

/** Without what two servers never share: times, ids, and some milliseconds of what is left of a life. */
function comparable(reply: ModelReply): ModelReply {
  if (typeof reply === "string") {
    return reply
      .replaceAll(/\b\d{13}\b/g, "<ms>")
      .replaceAll(/\b[0-9a-f]{40}\b/g, "<id>")
      .replaceAll(/\b[45]\d{4}\b/g, (left) => String(nearest(Number(left))))
  }
  if (typeof reply === "number") return reply > 1e12 ? "<ms>" : reply > 40_000 ? nearest(reply) : reply
  return reply === null || reply instanceof ModelError ? reply : reply.map(comparable)
}

/** Lives last for tens of seconds here. */
const nearest = (leftMs: number): number => Math.round(leftMs / 10_000) * 10_000
