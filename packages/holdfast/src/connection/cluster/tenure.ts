import type { Generation } from "../../contracts/redis-connection.ts"
import type { NodeLink } from "../node-link.ts"
import type { Primary } from "../primary.ts"

/** A generation of a slot: it is over with the socket, and when the slot gets another owner, whether it comes back later or not (R4). */
export interface SlotGeneration extends Generation {
  readonly socket: Generation
  readonly data: NodeLink
}

/** The time for which a primary owns a slot without a break, as far as this process was told. Slots gained together share one. */
export class Tenure {
  readonly primary: Primary
  #generation: SlotGeneration | undefined

  constructor(primary: Primary) {
    this.primary = primary
  }

  get generation(): SlotGeneration | undefined {
    const socket = this.primary.data.generation
    return socket && this.of(socket)
  }

  of(socket: Generation): SlotGeneration {
    if (this.#generation?.socket !== socket) this.#generation = { ...socket, socket, data: this.primary.data }
    return this.#generation
  }
}
