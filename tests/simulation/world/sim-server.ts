import type { NodeAddress } from "holdfast/testing"
import type { ModelNode } from "../model/model-node.ts"
import type { SimLink } from "./sim-link.ts"

/** A server of a history: the model of Redis, and the sockets that lead to it. */
export class SimServer {
  readonly name: string
  readonly node: NodeAddress
  readonly model: ModelNode
  readonly links = new Set<SimLink>()
  /** Until when it executes nothing; what arrives waits. */
  frozenUntilMs = 0
  /** What it shows and does is no part of what is promised: the wrong side of a split. */
  isObsolete = false
  isGone = false
  /** Its wall time against true time, in milliseconds. */
  readonly clock: { skewMs: number }

  constructor(name: string, node: NodeAddress, model: ModelNode, clock: { skewMs: number }) {
    this.clock = clock
    this.name = name
    this.node = node
    this.model = model
  }

  /** Ends all sockets; without a word if the machine is gone. */
  cutLinks(silently: boolean): void {
    for (const link of this.links) link.cut(silently)
  }
}
