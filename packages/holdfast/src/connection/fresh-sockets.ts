import type { RedisArgument, RedisLink, RedisReply } from "../contracts/redis-client.ts"
import type { Generation } from "../contracts/redis-connection.ts"
import { ask } from "./ask.ts"
import { bounded } from "./bounded.ts"
import { isStillCurrent, readRunId } from "./generation.ts"
import { openLink, type NodeOptions } from "./open-link.ts"
import * as refusals from "./refusals.ts"
import type { ServerClock } from "./server-clock.ts"

/** A socket that mixes replies up does so for many requests at one time: the server must not pay for it with a connection each. */
const freshMax = 4

interface FreshSocketsOptions extends NodeOptions {
  readonly serverClock: ServerClock
}

/** What a command of its own socket is bound to. */
interface FreshCommand {
  /** Of the usual socket: what took the place of its server may know less, and nobody has asked it yet. */
  readonly generation: Generation | undefined
  readonly asking: boolean
}

/** Sockets of one command each, beside the usual one. */
export class FreshSockets {
  readonly #options: FreshSocketsOptions
  #open = 0

  constructor(options: FreshSocketsOptions) {
    this.#options = options
  }

  /**
   * Sends one command over a socket of its own, which is destroyed afterwards. Rejects with `GENERATION_CHANGED` if that leads to another
   * server, run or history than the usual one, or if there is no usual one.
   */
  async send(args: readonly RedisArgument[], timeoutMs: number, command: FreshCommand): Promise<RedisReply> {
    const { node } = this.#options
    if (this.#open >= freshMax) throw refusals.tooManyFresh(node, freshMax)
    const answer = this.#ask(args, command)
    const outcome = await bounded(answer, timeoutMs, this.#options)
    if (outcome.is === "answered") return outcome.value
    if (outcome.is === "failed") throw refusals.asHoldfastError(outcome.error)
    throw refusals.timedOut(node, args[0], timeoutMs)
  }

  /** Counts a socket until it is gone, which may be long after its caller gave up. */
  async #ask(args: readonly RedisArgument[], { generation, asking }: FreshCommand): Promise<RedisReply> {
    this.#open++
    try {
      const { link, prepared } = await openLink(this.#options, "data", async (opened) => {
        if (!(await this.#leadsTo(opened, generation))) throw refusals.generationChanged()
        if (asking) await ask(opened, ["ASKING"])
        return ask(opened, args)
      })
      link.destroy()
      return prepared
    } finally {
      this.#open--
    }
  }

  async #leadsTo(link: RedisLink, generation: Generation | undefined): Promise<boolean> {
    if (generation === undefined) return false
    const state = { ...this.#options, node: generation.node }
    const [runId, isCurrent] = await Promise.all([readRunId(link), isStillCurrent(link, generation, state)])
    return isCurrent && runId === generation.runId
  }
}
