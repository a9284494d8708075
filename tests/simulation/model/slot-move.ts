import { keySlot } from "./key-slot.ts"
import type { ModelNode } from "./model-node.ts"

/** A slot between two servers: the old owner sends on with ASK what it no longer has. */
export class SlotMove {
  readonly slot: number
  readonly from: ModelNode
  readonly to: ModelNode
  /** One of the two servers was replaced meanwhile, and nobody knows of the move any more. */
  isForgotten = false
  readonly #end: (owner: ModelNode) => void

  constructor(slot: number, from: ModelNode, to: ModelNode, end: (owner: ModelNode) => void) {
    this.slot = slot
    this.from = from
    this.to = to
    this.#end = end
  }

  /** The keys that the old owner still has. */
  keys(): string[] {
    return keysIn(this.from, this.slot)
  }

  /** Moves one key, with what is left of its life. False if it is gone. */
  migrateKey(key: string): boolean {
    return carry(this.from, this.to, key)
  }

  /** Moves what is left, and makes the new owner the owner. */
  finish(): void {
    for (const key of this.keys()) this.migrateKey(key)
    this.#end(this.to)
  }

  /** Moves everything back: the slot stays where it was. */
  abort(): void {
    for (const key of keysIn(this.to, this.slot)) carry(this.to, this.from, key)
    this.#end(this.from)
  }
}

export function keysIn(node: ModelNode, slot: number): string[] {
  return [...node.keys()].filter((key) => keySlot(key) === slot)
}

function carry(from: ModelNode, to: ModelNode, key: string): boolean {
  const taken = from.take(key)
  if (taken !== undefined) to.give(key, taken)
  return taken !== undefined
}
