import type { HoldfastEvent } from "../contracts/observer.ts"
import type { NodeAddress, RedisArgument, RedisReply } from "../contracts/redis-client.ts"
import type {
  ChannelListener,
  Generation,
  NodeStatus,
  PrimaryServer,
  RedisConnection,
  RedisScript,
  SendOptions,
  SubscriberSocket,
  TrackingListener,
} from "../contracts/redis-connection.ts"
import { ClusterConnection } from "./cluster/cluster-connection.ts"
import { connectionSettings, type ConnectionSettings, type RedisConnectionOptions } from "./connection-settings.ts"
import type { Outage } from "./outages.ts"
import { Primary } from "./primary.ts"
import { askSentinels } from "./sentinel/ask-sentinels.ts"
import { SwitchWatch } from "./sentinel/switch-watch.ts"
import { scriptCall, sendScript } from "./script-call.ts"

export type { RedisConnectionOptions } from "./connection-settings.ts"

/** Opens Holdfast's own connections with the settings of the user's client, in the background and for ever. */
export function redisConnection(options: RedisConnectionOptions): RedisConnection {
  const settings = connectionSettings(options)
  return options.client.topology === "cluster" ? new ClusterConnection(settings) : new OneServerConnection(settings)
}

/** One server owns every slot. */
class OneServerConnection implements RedisConnection {
  readonly sharesSlots = true
  readonly #settings: ConnectionSettings
  readonly #primary: Primary
  readonly #watch: SwitchWatch | undefined
  /** What the sentinels have named last, which may not answer. */
  #named: NodeAddress | undefined
  /** What one of them has told of while no connection was open that could have been left for it. */
  #told: NodeAddress | undefined
  #closed: Promise<void> | undefined

  constructor(settings: ConnectionSettings) {
    const { seeds, primaryName } = settings.client
    const node = seeds[0] ?? { host: "unknown", port: 0 }
    this.#settings = settings
    if (primaryName === undefined) this.#primary = new Primary(settings, { node, target: undefined })
    else {
      const target = async (signal: AbortSignal): Promise<NodeAddress> => {
        this.#named = await askSentinels(primaryName, settings, signal)
        return this.#named
      }
      this.#primary = new Primary({ ...settings, report: (event) => this.#heard(event) }, { node, target })
      this.#watch = new SwitchWatch(primaryName, settings, (to) => this.#switched(to))
    }
  }

  generation(): Generation | undefined {
    return this.#primary.data.generation
  }

  command(_slot: number, args: readonly RedisArgument[], options?: SendOptions): Promise<RedisReply> {
    const { data } = this.#primary
    const { commandTimeoutMs } = this.#settings
    if (options === undefined) return data.send(args, commandTimeoutMs, undefined)
    const { timeoutMs = commandTimeoutMs, generation, fresh = false, onSend } = options
    return fresh ? data.sendFresh(args, timeoutMs) : data.send(args, timeoutMs, generation, onSend)
  }

  script(
    _slot: number,
    script: RedisScript,
    keys: readonly string[],
    args: readonly RedisArgument[],
    { timeoutMs = this.#settings.commandTimeoutMs, generation, onSend }: SendOptions = {},
  ): Promise<RedisReply> {
    const sending = { timeoutMs, generation, onSend, asking: false }
    return sendScript(this.#primary.data, scriptCall(script, keys, args), sending, this.#settings.clock)
  }

  subscribe(channel: string, listener: ChannelListener): () => void {
    return this.#primary.subscriber.subscribe(channel, (message, from) => listener(message, always, from))
  }

  track(prefix: string, listener: TrackingListener): void {
    this.#primary.subscriber.track(prefix, listener)
  }

  subscriber(): SubscriberSocket | undefined {
    return this.#primary.subscriber.socket
  }

  outage(): Outage | undefined {
    return this.#primary.data.outage
  }

  serverNow(): number {
    return this.#primary.data.serverNow()
  }

  distrust(_slot: number, why: string, generation: Generation | undefined): void {
    this.#primary.data.distrust(why, generation)
  }

  servers(): readonly PrimaryServer[] {
    return [this.#primary]
  }

  server(): PrimaryServer {
    return this.#primary
  }

  nodes(): readonly (NodeStatus & { readonly slot: number })[] {
    const { status } = this.#primary
    const node = status.state === "ready" ? status.node : (this.#named ?? status.node)
    return [{ ...status, node, slot: 0 }]
  }

  close({ timeoutMs }: { timeoutMs: number }): Promise<void> {
    this.#watch?.close()
    this.#closed ??= this.#primary.close(timeoutMs)
    return this.#closed
  }

  #switched(to: NodeAddress): void {
    const { data } = this.#primary
    const { node } = data.generation ?? {}
    if (node === undefined) this.#told = to
    else if (node.host !== to.host || node.port !== to.port) {
      data.distrust("the sentinels name another primary", data.generation)
    }
  }

  /** A primary may have been replaced while a connection to it was being opened. At the worst a good one is left once for nothing. */
  #heard(event: HoldfastEvent): void {
    this.#settings.report?.(event)
    const told = this.#told
    if (event.name !== "connection" || event.state !== "ready" || told === undefined) return
    this.#told = undefined
    this.#switched(told)
  }
}

const always = (): boolean => true
