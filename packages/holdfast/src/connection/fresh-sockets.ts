import type { RedisArgument, RedisReply } from "../contracts/redis-client.ts"
import { ask } from "./ask.ts"
import { bounded } from "./bounded.ts"
import { openLink, type NodeOptions } from "./open-link.ts"
import * as refusals from "./refusals.ts"

/** A socket that mixes replies up does so for many requests at one time: the server must not pay for it with a connection each. */
const freshMax = 4

/** Sockets of one command each, beside the usual one. */
export class FreshSockets {
  readonly #options: NodeOptions
  #open = 0

  constructor(options: NodeOptions) {
    this.#options = options
  }

  /** Sends one command over a socket of its own, which is destroyed afterwards. */
  async send(args: readonly RedisArgument[], timeoutMs: number, asking: boolean): Promise<RedisReply> {
    const { node } = this.#options
    if (this.#open >= freshMax) throw refusals.tooManyFresh(node, freshMax)
    const answer = this.#ask(args, asking)
    const outcome = await bounded(answer, timeoutMs, this.#options)
    if (outcome.is === "answered") return outcome.value
    if (outcome.is === "failed") throw refusals.asHoldfastError(outcome.error)
    throw refusals.timedOut(node, args[0], timeoutMs)
  }

  /** Counts a socket until it is gone, which may be long after its caller gave up. */
  async #ask(args: readonly RedisArgument[], asking: boolean): Promise<RedisReply> {
    this.#open++
    try {
      const { link, prepared } = await openLink(this.#options, "data", async (opened) => {
        if (asking) await ask(opened, ["ASKING"])
        return ask(opened, args)
      })
      link.destroy()
      return prepared
    } finally {
      this.#open--
    }
  }
}
