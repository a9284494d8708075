import type { RedisReply } from "../../contracts/redis-client.ts"
import type { Generation, RedisConnection } from "../../contracts/redis-connection.ts"
import { getBytes, unexpectedReply } from "./replies.ts"

interface Look {
  readonly key: string
  readonly resolve: (bytes: Buffer | undefined) => void
  readonly reject: (reason: unknown) => void
}

/** Longest MGET: longer ones gain nothing and hold other clients up. */
const keysPerCommand = 64
/** Any slot will do where every slot is on the one server. */
export const anySlot = 0

/** Looks issued in one turn, gathered into one MGET. Only for a server whose slots may share a command. */
export class LookBatch {
  readonly #connection: RedisConnection
  #looks: Look[] = []

  constructor(connection: RedisConnection) {
    this.#connection = connection
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
    for (let from = 0; from < looks.length; from += keysPerCommand) this.#send(looks.slice(from, from + keysPerCommand))
  }

  #send(looks: readonly Look[]): void {
    const only = looks.length === 1 ? looks[0] : undefined
    if (only !== undefined) {
      getBytes(this.#connection, anySlot, only.key).then(only.resolve, only.reject)
      return
    }
    let generation: Generation | undefined
    const onSend = (used: Generation): void => void (generation = used)
    this.#connection.command(anySlot, ["MGET", ...looks.map((look) => look.key)], { onSend }).then(
      (reply) => this.#handOut(looks, reply, generation),
      (error: unknown) => looks.forEach((look) => look.reject(error)),
    )
  }

  #handOut(looks: readonly Look[], reply: RedisReply, generation: Generation | undefined): void {
    if (Array.isArray(reply) && reply.length === looks.length) {
      looks.forEach((look, at) => look.resolve(Buffer.isBuffer(reply[at]) ? reply[at] : undefined))
      return
    }
    const error = unexpectedReply(this.#connection, anySlot, "MGET", generation)
    for (const look of looks) look.reject(error)
  }
}
