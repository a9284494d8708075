import type { Doubts, Witness } from "../contracts/coherence.ts"
import type { SubscriberSocket } from "../contracts/redis-connection.ts"
import type { OwnSlots } from "./own-slots.ts"

/** What one subscriber socket proves of the server that it hears. With the socket it is fenced for ever. */
export class ServerWitness implements Witness {
  readonly socket: SubscriberSocket
  fence = 0
  /** Monotonic time of the latest beat, in milliseconds. */
  beatMs: number = -Infinity
  /** Whether the server has answered a beat, so that the next one must find what that one has left. */
  hasBeaten = false
  #provedMs = -Infinity
  #why: string | undefined
  #slots: OwnSlots | undefined
  readonly #doubts: Doubts

  /** @param doubts told of what ends its proofs */
  constructor(socket: SubscriberSocket, doubts: Doubts) {
    this.socket = socket
    this.#doubts = doubts
    socket.onLost(() => void (doubts.count += 1))
  }

  get provedMs(): number {
    return this.socket.isLost ? -Infinity : this.#provedMs
  }

  /** Why nothing is proved, or why the latest proof was not followed by another; undefined if all is well. */
  get why(): string | undefined {
    if (this.socket.isLost) return "the subscriber connection was lost"
    return this.#why ?? (this.#provedMs === -Infinity ? "no beat has come back yet" : undefined)
  }

  /** Whether nothing has failed since its socket was opened, or since the latest proof. */
  get isUntroubled(): boolean {
    return !this.socket.isLost && this.#why === undefined
  }

  /** Whether changes of a slot happen on this server and nowhere else. Alone, it owns them all. */
  vouchesFor(slot: number, isAlone: boolean): boolean {
    return isAlone || this.#slots?.has(slot) === true
  }

  /** What the server owns by now; other slots than before are a fence. */
  owns(slots: OwnSlots): void {
    const before = this.#slots
    this.#slots = slots
    if (before !== undefined && before.fingerprint !== slots.fingerprint) this.raise("slots were moved")
  }

  /** Everything that was changed there before this monotonic time, in milliseconds, has been heard. */
  prove(atMs: number): void {
    this.#provedMs = Math.max(this.#provedMs, atMs)
    this.#why = undefined
  }

  /** A beat did not come back: the latest reason counts. */
  failed(why: string): void {
    this.#why = why
  }

  /** Nothing that is remembered counts any more, until the next proof makes new things count. */
  raise(why: string): void {
    this.fence += 1
    this.#doubts.count += 1
    this.#provedMs = -Infinity
    this.#why = why
  }
}
