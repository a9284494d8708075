import type { NodeAddress, RedisArgument, RedisReply } from "../contracts/redis-client.ts"
import type { Generation, NodeStatus, PrimaryServer, SendOptions } from "../contracts/redis-connection.ts"
import type { ConnectionSettings } from "./connection-settings.ts"
import { NodeLink } from "./node-link.ts"
import type { LinkTarget } from "./open-link.ts"
import { SubscriberLink } from "./subscriber-link.ts"

/** Where a primary is, and what to call it. */
export interface PrimaryPlace {
  readonly node: NodeAddress
  readonly target: LinkTarget
}

/** One primary: a socket for data and one for subscriptions, each replaced when it is lost. */
export class Primary implements PrimaryServer {
  readonly node: NodeAddress
  readonly data: NodeLink
  readonly subscriber: SubscriberLink
  readonly #closing = new AbortController()
  readonly #commandTimeoutMs: number

  constructor(settings: ConnectionSettings, place: PrimaryPlace) {
    this.#commandTimeoutMs = settings.commandTimeoutMs
    const options = { ...settings, ...place, signal: this.#closing.signal }
    this.node = place.node
    const subscriber = new SubscriberLink(options)
    this.subscriber = subscriber
    this.data = new NodeLink({ ...options, onBeat: (runId) => subscriber.follow(runId) })
  }

  get status(): NodeStatus {
    const { subscribed, isSubscribing, failure } = this.subscriber
    return { ...this.data.status, subscribed, isSubscribing, subscriberFailure: failure }
  }

  get generation(): Generation | undefined {
    return this.data.generation
  }

  command(
    args: readonly RedisArgument[],
    { timeoutMs = this.#commandTimeoutMs, generation, onSend }: SendOptions = {},
  ): Promise<RedisReply> {
    return this.data.send(args, timeoutMs, generation, onSend)
  }

  /** Waits for commands in flight up to `timeoutMs`, then destroys. */
  async close(timeoutMs: number, why = "closed by its owner"): Promise<void> {
    this.#closing.abort()
    await this.data.close(timeoutMs, why)
    this.subscriber.close()
  }
}
