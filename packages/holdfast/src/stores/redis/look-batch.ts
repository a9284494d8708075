import type { RedisReply } from "../../contracts/redis-client.ts"
import type { Generation, RedisConnection } from "../../contracts/redis-connection.ts"
import { getBytes, refusalOf, unexpectedReply } from "./replies.ts"

interface Look {
  readonly key: string
  readonly resolve: (bytes: Buffer | undefined) => void
  readonly reject: (reason: unknown) => void
}

/** Longest MGET: longer ones gain nothing and hold other clients up. */
const keysPerCommand = 64
/** Any slot will do where every slot is on the one server. */
export const anySlot = 0

/** Looks issued in one turn, gathered into one MGET: of one slot, or of a server whose slots may share a command. */
export class LookBatch {
  readonly #connection: RedisConnection
  readonly #slot: number
  readonly #onFlush: () => void
  #looks: Look[] = []

  /** @param onFlush told at the end of each turn in which something was looked at */
  constructor(connection: RedisConnection, slot: number = anySlot, onFlush: () => void = () => {}) {
    this.#connection = connection
    this.#slot = slot
    this.#onFlush = onFlush
  }

  look(key: string): Promise<Buffer | undefined> {
    return new Promise((resolve, reject) => {
      this.#looks.push({ key, resolve, reject })
      if (this.#looks.length === 1) queueMicrotask(() => this.#flush())
    })
  }

  #flush(): void {
    const looks = this.#looks
    this.#looks = []
    this.#onFlush()
    for (let from = 0; from < looks.length; from += keysPerCommand) this.#send(looks.slice(from, from + keysPerCommand))
  }

  #send(looks: readonly Look[]): void {
    if (looks.length === 1) return this.#sendEach(looks)
    let generation: Generation | undefined
    const onSend = (used: Generation): void => void (generation = used)
    this.#connection.command(this.#slot, ["MGET", ...looks.map((look) => look.key)], { onSend }).then(
      (reply) => this.#handOut(looks, reply, generation),
      (error: unknown) => {
        // A slot on the move refuses several keys of which one is not there; each by itself is told where to ask.
        if (refusalOf(error) === "TRYAGAIN") this.#sendEach(looks)
        else for (const look of looks) look.reject(error)
      },
    )
  }

  #sendEach(looks: readonly Look[]): void {
    for (const { key, resolve, reject } of looks) getBytes(this.#connection, this.#slot, key).then(resolve, reject)
  }

  #handOut(looks: readonly Look[], reply: RedisReply, generation: Generation | undefined): void {
    if (Array.isArray(reply) && reply.length === looks.length) {
      looks.forEach((look, at) => look.resolve(Buffer.isBuffer(reply[at]) ? reply[at] : undefined))
      return
    }
    const error = unexpectedReply(this.#connection, this.#slot, "MGET", generation)
    for (const look of looks) look.reject(error)
  }
}
