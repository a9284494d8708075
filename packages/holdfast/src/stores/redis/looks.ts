import type { RedisConnection } from "../../contracts/redis-connection.ts"
import { LookBatch } from "./look-batch.ts"
import { getBytes } from "./replies.ts"

/** Where a key lies. */
interface Place {
  readonly slot: number
  /** Whether other keys are likely to be looked at in the same slot and turn. */
  readonly isOfGroup: boolean
}

/** Looks at keys. Those of one turn share a command where the server allows it, and in a cluster where they are of one group. */
export class Looks {
  readonly #connection: RedisConnection
  readonly #batch: LookBatch
  readonly #ofSlots = new Map<number, LookBatch>()

  constructor(connection: RedisConnection) {
    this.#connection = connection
    this.#batch = new LookBatch(connection)
  }

  /** The bytes at a key, or undefined. Rejects as the connection does. */
  look(key: string, at: Place): Promise<Buffer | undefined> {
    if (this.#connection.sharesSlots) return this.#batch.look(key)
    return at.isOfGroup ? this.#batchOf(at.slot).look(key) : getBytes(this.#connection, at.slot, key)
  }

  #batchOf(slot: number): LookBatch {
    const known = this.#ofSlots.get(slot)
    if (known !== undefined) return known
    const batch = new LookBatch(this.#connection, slot, () => this.#ofSlots.delete(slot))
    this.#ofSlots.set(slot, batch)
    return batch
  }
}
