import type { NodeAddress } from "../../contracts/redis-client.ts"
import type { SubscriberSocket, TrackingListener } from "../../contracts/redis-connection.ts"
import { bounded } from "../bounded.ts"
import type { ConnectionSettings } from "../connection-settings.ts"
import { Primary } from "../primary.ts"

type Listener = (message: Buffer, from: SubscriberSocket, heardFrom: Primary) => void

interface Subscription {
  readonly channel: string
  readonly listener: Listener
  readonly ends: Map<Primary, () => void>
}

/** The primaries of a cluster that connections are held to, and the subscriptions that all of them carry. */
export class Primaries {
  readonly #settings: ConnectionSettings
  readonly #open = new Map<string, Primary>()
  /** Primaries that are asked for slots on their way to them, which may own nothing yet. */
  readonly #asked = new Set<Primary>()
  readonly #leaving = new Set<Promise<void>>()
  readonly #subscriptions = new Set<Subscription>()
  #track: ((primary: Primary) => void) | undefined
  /** Nothing is opened any more. */
  closed = false

  constructor(settings: ConnectionSettings) {
    this.#settings = settings
  }

  get all(): readonly Primary[] {
    return [...this.#open.values()]
  }

  /** The primary at this address; connections to it are opened if there are none. After the end one that refuses everything. */
  at(node: NodeAddress): Primary {
    const name = `${node.host}:${node.port}`
    const known = this.#open.get(name)
    if (known !== undefined) return known
    const primary = new Primary(this.#settings, { node, target: node })
    if (this.closed) {
      // Nobody would close it any more.
      this.#leave(primary, 0)
      return primary
    }
    this.#open.set(name, primary)
    this.#track?.(primary)
    for (const subscription of this.#subscriptions) hear(primary, subscription)
    return primary
  }

  /** The same for a slot that has not arrived there yet: it is kept for a while although it may own nothing. */
  askedAt(node: NodeAddress): Primary {
    const primary = this.at(node)
    this.#asked.add(primary)
    return primary
  }

  /** Closes what owns nothing any more, once its commands are answered. */
  keep(owners: { has(primary: Primary): boolean }): void {
    for (const [name, primary] of this.#open) {
      if (owners.has(primary) || this.#asked.has(primary)) continue
      this.#open.delete(name)
      for (const { ends } of this.#subscriptions) ends.delete(primary)
      this.#leave(primary, this.#settings.commandTimeoutMs)
    }
    this.#asked.clear()
  }

  subscribe(channel: string, listener: Listener): () => void {
    const subscription: Subscription = { channel, listener, ends: new Map() }
    this.#subscriptions.add(subscription)
    for (const primary of this.all) hear(primary, subscription)
    return () => {
      this.#subscriptions.delete(subscription)
      for (const end of subscription.ends.values()) end()
    }
  }

  /** Has all primaries, now and later, tell of the keys with a prefix. */
  track(prefix: string, listener: TrackingListener): void {
    this.#track = ({ subscriber }) => subscriber.track(prefix, listener)
    this.all.forEach(this.#track)
  }

  async close(timeoutMs: number): Promise<void> {
    this.closed = true
    const leaving = bounded(Promise.all(this.#leaving), timeoutMs, this.#settings)
    await Promise.all(this.all.map((primary) => primary.close(timeoutMs)))
    await leaving
  }

  #leave(primary: Primary, drainMs: number): void {
    const left = primary.close(drainMs, "it owns no slots any more").finally(() => this.#leaving.delete(left))
    this.#leaving.add(left)
  }
}

function hear(primary: Primary, { channel, listener, ends }: Subscription): void {
  ends.set(
    primary,
    primary.subscriber.subscribe(channel, (message, from) => listener(message, from, primary)),
  )
}
