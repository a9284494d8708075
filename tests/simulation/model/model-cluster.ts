import { keysOf, type Command } from "./commands/command.ts"
import { keySlot, slotCount } from "./key-slot.ts"
import type { ModelNode } from "./model-node.ts"
import { ModelError } from "./model-reply.ts"
import type { ModelSession } from "./model-session.ts"
import { SlotMove } from "./slot-move.ts"
import { SlotOwners, type OwnedSlots } from "./slot-owners.ts"

/** Where a command belongs: "here", or the error that its sender gets. */
type Place = "here" | ModelError

const crossSlot = new ModelError("CROSSSLOT Keys in request don't hash to the same slot")
const notServed = new ModelError("CLUSTERDOWN Hash slot not served")
const down = new ModelError("CLUSTERDOWN The cluster is down")
const tryAgain = new ModelError("TRYAGAIN Multiple keys request during rehashing of slot")
const notLocal = new ModelError("ERR Script attempted to access a non local key in a cluster node")
const downInScript = new ModelError("ERR Script attempted to execute a command while the cluster is down")

/** Servers that share the slots. All of them know at once who owns what. */
export class ModelCluster {
  readonly nodes: ModelNode[] = []
  /** Whether the servers refuse everything that has a key, as they do while the majority is away. */
  isDown = false
  /** Whether what is published on one server reaches the subscribers of the others. No server promises it, or when. */
  passesOn = true
  readonly #owners = new SlotOwners<ModelNode>()
  readonly #moves = new Map<number, SlotMove>()
  readonly #epochs = new Map<ModelNode, number>()

  /** Called by each server when it is made. */
  join(node: ModelNode): void {
    this.nodes.push(node)
  }

  get ranges(): readonly OwnedSlots<ModelNode>[] {
    return this.#owners.ranges
  }

  /** Slots between two servers. */
  get moves(): readonly SlotMove[] {
    return [...this.#moves.values()]
  }

  /** By what right a server owns its slots: greater than those of all others when it was given the last of them. */
  readonly epochOf = (node: ModelNode): number => this.#epochs.get(node) ?? 0

  get isOk(): boolean {
    return !this.isDown && this.#owners.isComplete
  }

  ownerOf(slot: number): ModelNode | undefined {
    return this.#owners.of(slot)
  }

  moveOf(slot: number): SlotMove | undefined {
    return this.#moves.get(slot)
  }

  /** Gives the servers equal parts, in their order. */
  shareSlots(): void {
    const count = this.nodes.length
    this.nodes.forEach((node, at) => {
      const from = Math.ceil((at * slotCount) / count)
      this.assign(node, from, Math.ceil(((at + 1) * slotCount) / count) - 1)
    })
  }

  /** Gives slots to a server, or to nobody, without their keys: former owners drop theirs, as they do after a fail-over. */
  assign(node: ModelNode | undefined, from: number, to = from): void {
    this.#own(node, from, to)
    for (const other of this.nodes) {
      if (other === node) continue
      for (const key of other.keys()) {
        const slot = keySlot(key)
        if (slot >= from && slot <= to) other.evict(key)
      }
    }
  }

  /** A replica takes the place of its primary, with whatever it has. */
  promote(heir: ModelNode, former: ModelNode): void {
    for (const { from, to, owner } of this.#owners.ranges) if (owner === former) this.#own(heir, from, to)
    this.nodes.splice(this.nodes.indexOf(former), 1)
  }

  /**
   * A server shows an older state from now on, and knows of no moves. Slots on their way belong to where they came from; what had already
   * been carried is gone, as is what it holds of slots that are not its own.
   *
   * @returns the keys that are gone from other servers
   */
  forgetMoves(node: ModelNode): readonly { readonly node: ModelNode; readonly key: string }[] {
    const over = this.moves.filter(({ from, to }) => from === node || to === node)
    for (const move of over) {
      move.isForgotten = true
      this.#moves.delete(move.slot)
    }
    return over.filter(({ to }) => to !== node).flatMap(({ to, slot }) => this.#dropOf(to, (each) => each === slot))
  }

  /** What a server holds of slots that are not its own is gone. */
  dropForeign(node: ModelNode): void {
    this.#dropOf(node, (slot) => this.#owners.of(slot) !== node)
  }

  #dropOf(
    node: ModelNode,
    isMeant: (slot: number) => boolean,
  ): readonly { readonly node: ModelNode; readonly key: string }[] {
    const keys = [...node.keys()].filter((key) => isMeant(keySlot(key)))
    for (const key of keys) node.evict(key)
    return keys.map((key) => ({ node, key }))
  }

  /** Opens the move of a slot, and leaves it between the two. */
  beginMove(slot: number, to: ModelNode): SlotMove {
    const from = this.#owners.of(slot)
    if (from === undefined || from === to || this.#moves.has(slot)) throw new Error(`Slot ${slot} cannot be moved.`)
    const move = new SlotMove(slot, from, to, (owner) => {
      this.#moves.delete(slot)
      if (owner !== this.#owners.of(slot)) this.#own(owner, slot, slot)
    })
    this.#moves.set(slot, move)
    return move
  }

  /** Why a server does not run a command of a client. */
  redirection(
    node: ModelNode,
    command: Command,
    session: ModelSession,
    args: readonly string[],
  ): ModelError | undefined {
    const place = this.#placeOf(node, keysOf(command, args), session.asking)
    return place === "here" ? undefined : place
  }

  /** Why a server does not run a command of a script: it must be here and now. */
  scriptRefusal(
    node: ModelNode,
    command: Command,
    session: ModelSession,
    args: readonly string[],
  ): ModelError | undefined {
    const place = this.#placeOf(node, keysOf(command, args), session.asking)
    if (place === "here") return undefined
    return place === down || place === notServed ? downInScript : notLocal
  }

  /** Tells the subscribers of the other servers. */
  passOn(from: ModelNode, channel: string, message: string): void {
    if (!this.passesOn) return
    for (const node of this.nodes) if (node !== from) node.channels.publish(channel, message)
  }

  #own(node: ModelNode | undefined, from: number, to: number): void {
    this.#owners.assign(node, from, to)
    if (node !== undefined) this.#epochs.set(node, Math.max(0, ...this.#epochs.values()) + 1)
  }

  #placeOf(node: ModelNode, keys: readonly string[], isAsking: boolean): Place {
    const [first] = keys
    if (first === undefined) return "here"
    const slot = keySlot(first)
    const owner = this.#owners.of(slot)
    if (owner === undefined) return notServed
    if (keys.some((key) => keySlot(key) !== slot)) return crossSlot
    if (!this.isOk) return down
    const move = this.#moves.get(slot)
    if (move?.from === node) return placeAtSource(move, keys)
    if (move?.to === node && isAsking) return placeAtTarget(move, keys)
    return owner === node ? "here" : new ModelError(`MOVED ${slot} ${addressOf(owner)}`)
  }
}

function placeAtSource({ from, to, slot }: SlotMove, keys: readonly string[]): Place {
  const missing = keys.filter((key) => from.data.entry(key) === undefined).length
  if (missing === 0) return "here"
  return missing === keys.length ? new ModelError(`ASK ${slot} ${addressOf(to)}`) : tryAgain
}

function placeAtTarget({ to }: SlotMove, keys: readonly string[]): Place {
  const isMissing = keys.some((key) => to.data.entry(key) === undefined)
  return isMissing && new Set(keys).size > 1 ? tryAgain : "here"
}

function addressOf({ node }: ModelNode): string {
  return `${node.host}:${node.port}`
}
