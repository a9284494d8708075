import type { RedisArgument, RedisReply } from "../../contracts/redis-client.ts"
import type { Generation, RedisConnection, RedisScript, SendOptions } from "../../contracts/redis-connection.ts"
import { textOf, unexpectedReply } from "./replies.ts"

/** What came back, and from where: what a script grants is bound to that generation. */
export interface Sent {
  readonly reply: RedisReply
  /** Undefined if it was not told. */
  readonly generation: Generation | undefined
}

/** Sends scripts, and reads their answers as one of a few words. */
export class ScriptCalls {
  readonly #connection: RedisConnection

  constructor(connection: RedisConnection) {
    this.#connection = connection
  }

  async run(
    slot: number,
    script: RedisScript,
    [keys, args]: readonly [keys: readonly string[], args: readonly RedisArgument[]],
    options?: SendOptions,
  ): Promise<Sent> {
    let generation: Generation | undefined
    const onSend = (used: Generation): void => {
      generation = used
      options?.onSend?.(used)
    }
    const reply = await this.#connection.script(slot, script, keys, args, { ...options, onSend })
    return { reply, generation }
  }

  /** Runs a script that answers one of a few words. */
  async ask<const Words extends readonly string[]>(
    slot: number,
    script: RedisScript,
    call: readonly [keys: readonly string[], args: readonly RedisArgument[]],
    words: Words,
    options?: SendOptions,
  ): Promise<Words[number]> {
    return this.word(slot, script, await this.run(slot, script, call, options), words)
  }

  /** The answer of a script that answers one of a few words. Anything else belongs to another request. */
  word<const Words extends readonly string[]>(
    slot: number,
    script: RedisScript,
    { reply, generation }: Sent,
    words: Words,
  ): Words[number] {
    const text = textOf(reply)
    const word = words.find((each) => each === text)
    if (word === undefined) throw unexpectedReply(this.#connection, slot, script.name, generation)
    return word
  }
}
