import type { HoldfastEvent } from "../../contracts/observer.ts"
import type { NodeAddress, RedisArgument, RedisReply } from "../../contracts/redis-client.ts"
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
} from "../../contracts/redis-connection.ts"
import type { HoldfastError } from "../../errors/holdfast-error.ts"
import { deferred } from "../../internal/deferred.ts"
import type { ConnectionSettings } from "../connection-settings.ts"
import { Outages, type Outage } from "../outages.ts"
import type { Primary } from "../primary.ts"
import * as refusals from "../refusals.ts"
import { scriptCall, sendScript } from "../script-call.ts"
import { askTopology } from "./ask-topology.ts"
import { Primaries } from "./primaries.ts"
import { Router, type Attempt } from "./router.ts"
import type { SlotRange } from "./slot-ranges.ts"
import { SlotTable } from "./slot-table.ts"
import type { SlotGeneration } from "./tenure.ts"
import { Topology } from "./topology.ts"

/** The primaries of a cluster, found from the seeds of the user's client, each with connections of its own. */
export class ClusterConnection implements RedisConnection {
  readonly sharesSlots = false
  readonly #settings: ConnectionSettings
  readonly #primaries: Primaries
  readonly #slots = new SlotTable()
  readonly #topology: Topology
  readonly #router: Router
  readonly #closing = new AbortController()
  readonly #firstAnswer = deferred<void>()
  /** Of slots without an owner. */
  readonly #unowned = new Outages()
  #failure: HoldfastError | undefined
  #whyNoOwner = "not connected yet"
  #closed: Promise<void> | undefined

  constructor(settings: ConnectionSettings) {
    const { client, clock, random } = settings
    this.#settings = settings
    this.#primaries = new Primaries({ ...settings, report: (event) => this.#heard(event) })
    this.#topology = new Topology({
      clock,
      random,
      ask: (first) =>
        askTopology({ first, primaries: this.#primaries.all, seeds: client.seeds }, settings, this.#closing.signal),
      learned: (ranges) => this.#learned(ranges),
      failed: (error) => this.#failed(error),
    })
    this.#router = new Router(settings, {
      slots: this.#slots,
      primaries: this.#primaries,
      topology: this.#topology,
      firstAnswer: this.#firstAnswer.promise,
      noOwner: () => {
        this.#unowned.failed()
        return this.#noOwner()
      },
    })
  }

  generation(slot: number): Generation | undefined {
    return this.#slots.owner(slot)?.generation
  }

  command(slot: number, args: readonly RedisArgument[], options: SendOptions = {}): Promise<RedisReply> {
    const { fresh = false } = options
    const attempt: Attempt = ({ primary: { data } }, { timeoutMs, generation, onSend, asking }) =>
      fresh ? data.sendFresh(args, timeoutMs, asking) : data.send(args, timeoutMs, generation, onSend, asking)
    return this.#router.run(slot, attempt, options)
  }

  script(
    slot: number,
    script: RedisScript,
    keys: readonly string[],
    args: readonly RedisArgument[],
    options: SendOptions = {},
  ): Promise<RedisReply> {
    const call = scriptCall(script, keys, args)
    const { clock } = this.#settings
    return this.#router.run(slot, ({ primary }, sending) => sendScript(primary.data, call, sending, clock), options)
  }

  subscribe(channel: string, listener: ChannelListener): () => void {
    return this.#primaries.subscribe(channel, (message, from, heardFrom) =>
      listener(message, (slot) => this.#speaksFor(heardFrom, slot), from),
    )
  }

  track(prefix: string, listener: TrackingListener): void {
    this.#primaries.track(prefix, listener)
  }

  subscriber(slot: number): SubscriberSocket | undefined {
    return this.#slots.owner(slot)?.primary.subscriber.socket
  }

  outage(slot: number): Outage | undefined {
    return (this.#slots.owner(slot)?.primary.data ?? this.#unowned).outage
  }

  serverNow(slot: number): number {
    return this.#slots.owner(slot)?.primary.data.serverNow() ?? this.#settings.clock.now()
  }

  distrust(_slot: number, why: string, generation: Generation | undefined): void {
    const { data, socket } = (generation ?? {}) as Partial<SlotGeneration>
    data?.distrust(why, socket)
  }

  servers(): readonly PrimaryServer[] {
    return this.#primaries.all
  }

  server(node: NodeAddress): PrimaryServer {
    return this.#primaries.askedAt(node)
  }

  nodes(): readonly (NodeStatus & { readonly slot: number })[] {
    const rows = [...this.#slots.owners()].map(([primary, slot]) => ({ ...primary.status, slot }))
    return rows.length > 0 ? rows : this.#settings.client.seeds.map((seed) => this.#unknown(seed))
  }

  close({ timeoutMs }: { timeoutMs: number }): Promise<void> {
    this.#closed ??= this.#close(timeoutMs)
    return this.#closed
  }

  async #close(timeoutMs: number): Promise<void> {
    this.#topology.stop()
    this.#closing.abort()
    this.#firstAnswer.resolve()
    await this.#primaries.close(timeoutMs)
  }

  #learned(ranges: readonly SlotRange[]): void {
    this.#unowned.served()
    this.#failure = undefined
    this.#whyNoOwner = "no server of the cluster owns the slot"
    this.#slots.replace(ranges.map(({ from, to, node }) => ({ from, to, primary: this.#primaries.at(node) })))
    this.#primaries.keep(this.#slots.owners())
    this.#firstAnswer.resolve()
  }

  #failed(error: HoldfastError): void {
    this.#failure = error
    this.#whyNoOwner = refusals.reasonOf(error)
    const [node = nowhere] = this.#settings.client.seeds
    this.#settings.report?.({ name: "connection", node, state: "connecting", why: refusals.reasonOf(error) })
    this.#firstAnswer.resolve()
  }

  /** A primary that is lost or turns out to be a replica may have a successor. */
  #heard(event: HoldfastEvent): void {
    this.#settings.report?.(event)
    if (event.name === "connection" && event.state === "connecting") this.#topology.changed()
  }

  /** While the owner itself cannot be heard, any copy of its messages is welcome. */
  #speaksFor(primary: Primary, slot: number): boolean {
    const owner = this.#slots.owner(slot)?.primary
    return owner === primary || owner?.subscriber.subscribed !== true
  }

  #noOwner(): HoldfastError {
    if (this.#closed !== undefined) return refusals.closed()
    const [node = nowhere] = this.#settings.client.seeds
    return refusals.unavailable(node, this.#whyNoOwner, this.#failure)
  }

  #unknown(node: NodeStatus["node"]): NodeStatus & { readonly slot: number } {
    const lastError = this.#failure && refusals.shortError(this.#failure)
    const state = this.#closed === undefined ? "connecting" : "closed"
    const unknown = { breaker: "closed", role: "unknown", server: undefined, features: [], inFlight: 0 } as const
    return { ...unknown, ...unheard, lacking: [], node, state, lastError, slot: 0 }
  }
}

const unheard = { subscribed: false, isSubscribing: false, subscriberFailure: undefined }
const nowhere = { host: "unknown", port: 0 }
