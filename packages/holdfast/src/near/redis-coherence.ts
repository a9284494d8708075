import type { Clock, Timer } from "../contracts/clock.ts"
import type { Change, Coherence, Doubts, TrackingState, Witness, WitnessState } from "../contracts/coherence.ts"
import type { Observer } from "../contracts/observer.ts"
import type { Random } from "../contracts/random.ts"
import type { RedisConnection, SubscriberSocket } from "../contracts/redis-connection.ts"
import { Beat } from "./beat.ts"
import { changeOf } from "./change-message.ts"
import { ServerPlaces } from "./server-places.ts"
import { ServerWitness } from "./server-witness.ts"
import { Tracking } from "./tracking.ts"

/** While a server is not heard, how soon to see whether it is by then, in milliseconds. Nothing is sent for that. */
const soonMs = 50

/** The longest pause between two beats of a server, in milliseconds: what one leaves there must outlive the loss of some that follow. */
const longestMs = 15_000

/** For how long the first proof may be on its way until that is trouble, in milliseconds. */
const startingMs = 2000

/** Any slot will do where every slot is on the one server. */
const anySlot = 0

/** What coherence with a Redis store is kept by. */
export interface RedisCoherenceOptions {
  readonly connection: RedisConnection
  readonly namespace: string
  readonly clock: Clock
  readonly random: Random
  /** Whether the servers are to tell of changes that others than this library make, too. Default false. */
  readonly tracking?: boolean
  /** Hears of it. Must not throw. */
  readonly report?: Observer | undefined
}

/** Hears every change on the subscriber connections of the servers, and proves by a beat on each server that it has. */
export class RedisCoherence implements Coherence {
  readonly doubts: Doubts = { count: 0 }
  readonly #connection: RedisConnection
  readonly #clock: Clock
  readonly #beat: Beat
  readonly #tracking: Tracking | undefined
  readonly #listeners = new Set<(change: Change) => void>()
  readonly #witnesses = new Map<SubscriberSocket, ServerWitness>()
  readonly #unsubscribe: () => void
  #everyMs = Infinity
  /** When proofs were asked for at this pace, in monotonic milliseconds. */
  #askedMs = -Infinity
  #timer: Timer
  #wallAheadMs: number
  #closed = false

  constructor(options: RedisCoherenceOptions) {
    const { connection, clock, namespace } = options
    this.#connection = connection
    this.#clock = clock
    const places = new ServerPlaces(connection)
    this.#beat = new Beat({ ...options, places })
    this.#tracking = options.tracking === true ? this.#track({ ...options, places }) : undefined
    this.#wallAheadMs = clock.now() - clock.monotonic()
    this.#unsubscribe = connection.subscribe(`${namespace}:wake`, (message) => this.#tell(changeOf(message)))
  }

  witness(of: { readonly slot: number }): Witness | undefined {
    const connection = this.#connection
    // Where all slots are on one server, reads do not pay for computing theirs.
    const slot = connection.sharesSlots ? anySlot : of.slot
    const socket = connection.subscriber(slot)
    const witness = socket && this.#witnesses.get(socket)
    // What the data connection reads must come from the server that is heard.
    if (witness === undefined || connection.generation(slot)?.runId !== witness.socket.runId) return undefined
    return witness.vouchesFor(slot, connection.sharesSlots) ? witness : undefined
  }

  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  prove(askedMs: number): void {
    const everyMs = Math.min(askedMs, longestMs)
    if (this.#closed || everyMs >= this.#everyMs) return
    this.#everyMs = everyMs
    this.#askedMs = this.#clock.monotonic()
    this.#tracking?.start()
    this.#beat.listen()
    this.#clock.clearTimeout(this.#timer)
    this.#tick()
  }

  outage(of: { readonly slot: number }): object | undefined {
    return this.#connection.outage(this.#connection.sharesSlots ? anySlot : of.slot)
  }

  states(): readonly WitnessState[] {
    const nowMs = this.#clock.monotonic()
    const isEarly = nowMs - this.#askedMs < startingMs
    const isAwaited = (witness: ServerWitness): boolean => witness.isUntroubled && witness.provedMs < this.#askedMs
    return this.#connection.nodes().map(({ node, slot, subscribed, isSubscribing }) => {
      const socket = this.#connection.subscriber(slot)
      const witness = socket && this.#witnesses.get(socket)
      const provedMs = witness?.provedMs ?? -Infinity
      return {
        node: `${node.host}:${node.port}`,
        provedAgoMs: provedMs === -Infinity ? undefined : nowMs - provedMs,
        why: witness === undefined ? "there is no subscriber connection" : witness.why,
        isStarting: isEarly && (witness === undefined ? subscribed || isSubscribing : isAwaited(witness)),
      }
    })
  }

  tracking(): TrackingState {
    return this.#tracking?.state() ?? { state: "off", why: undefined }
  }

  close(): void {
    this.#closed = true
    this.#clock.clearTimeout(this.#timer)
    this.#unsubscribe()
    this.#beat.close()
    this.#tracking?.close()
    for (const witness of this.#witnesses.values()) witness.raise("closed")
  }

  #tick(): void {
    this.#fenceAfterSleep()
    for (const socket of this.#witnesses.keys()) if (socket.isLost) this.#witnesses.delete(socket)
    const sockets = this.#connection.nodes().map(({ slot }) => this.#connection.subscriber(slot))
    for (const socket of sockets) if (socket !== undefined) this.#visit(socket)
    const nextMs = sockets.includes(undefined) ? Math.min(this.#everyMs, soonMs) : this.#everyMs
    this.#timer = this.#clock.setTimeout(() => this.#tick(), nextMs)
  }

  #visit(socket: SubscriberSocket): void {
    this.#beatOn(this.#witnessOf(socket))
    this.#tracking?.visit(socket)
  }

  #beatOn(witness: ServerWitness): void {
    const nowMs = this.#clock.monotonic()
    if (nowMs - witness.beatMs < this.#everyMs) return
    witness.beatMs = nowMs
    this.#beat.send(witness)
  }

  #witnessOf(socket: SubscriberSocket): ServerWitness {
    let witness = this.#witnesses.get(socket)
    if (witness === undefined) {
      witness = new ServerWitness(socket, this.doubts)
      this.#witnesses.set(socket, witness)
    }
    return witness
  }

  /** Monotonic time stands still in a suspended machine, and wall time does not (R9). */
  #fenceAfterSleep(): void {
    const aheadMs = this.#clock.now() - this.#clock.monotonic()
    const jumpedMs = Math.abs(aheadMs - this.#wallAheadMs)
    this.#wallAheadMs = aheadMs
    if (jumpedMs <= this.#everyMs) return
    this.#beat.forget()
    for (const witness of this.#witnesses.values()) witness.raise("the clock jumped, as after a sleep")
  }

  #track(options: RedisCoherenceOptions & { readonly places: ServerPlaces }): Tracking {
    return new Tracking({
      ...options,
      touched: (key) => this.#tell({ is: "touched", key }),
      flushed: (from) => this.#witnesses.get(from)?.raise("the server was flushed"),
    })
  }

  #tell(change: Change | undefined): void {
    if (change === undefined) return
    for (const listener of this.#listeners) listener(change)
  }
}
