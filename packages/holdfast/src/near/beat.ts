import type { Clock } from "../contracts/clock.ts"
import type { Random } from "../contracts/random.ts"
import type { Generation, RedisConnection, SubscriberSocket } from "../contracts/redis-connection.ts"
import { slotOf } from "../entry/slot.ts"
import { hasCode } from "../errors/holdfast-error.ts"
import { beat, beatCall } from "../scripts/generated/beat.ts"
import { ownSlotsOf } from "./own-slots.ts"
import type { ServerWitness } from "./server-witness.ts"

/** How long what a beat leaves on a server lives, in milliseconds: longer than any pause between two beats that are not lost. */
const keepMs = 60_000
/** Beats without an answer that are remembered per server. */
const pendingMax = 8
const slots = 16_384

/** Where a beat goes: a slot, and a hash tag that lies in it. */
interface Place {
  readonly at: number
  readonly tag: string
}

interface Pending {
  readonly witness: ServerWitness
  readonly sentMs: number
  /** The server's answer and the message are both needed, in either order. */
  isAnswered: boolean
  isHeard: boolean
}

/**
 * Sends beats and hears them come back. When the beat that was sent at t0 has come back on the subscriber connection of the server
 * that executed it, every change that was made on that server before t0 has been heard (PROTOCOL section 4).
 */
export class Beat {
  readonly #connection: RedisConnection
  readonly #clock: Clock
  readonly #random: Random
  readonly #namespace: string
  readonly #process: string
  readonly #pending = new Map<string, Pending>()
  readonly #places = new WeakMap<SubscriberSocket, Place>()
  #unsubscribe: (() => void) | undefined

  constructor(options: {
    readonly connection: RedisConnection
    readonly namespace: string
    readonly clock: Clock
    readonly random: Random
  }) {
    this.#connection = options.connection
    this.#clock = options.clock
    this.#random = options.random
    this.#namespace = options.namespace
    this.#process = options.random.token()
  }

  /** Hears beats come back. Call it before the first is sent. */
  listen(): void {
    this.#unsubscribe ??= this.#connection.subscribe(this.#channel, (message, _speaksFor, from) =>
      this.#heard(message.toString("latin1"), from),
    )
  }

  /** Never rejects: without an answer nothing is proved. */
  send(witness: ServerWitness): void {
    const place = this.#placeOn(witness.socket)
    const generation = place && this.#connection.generation(place.at)
    if (place === undefined || generation?.runId !== witness.socket.runId) return
    const nonce = this.#random.token()
    this.#forgetOldest(witness)
    this.#pending.set(nonce, { witness, sentMs: this.#clock.monotonic(), isAnswered: false, isHeard: false })
    this.#ask(witness, nonce, place, generation).catch((error: unknown) => {
      this.#pending.delete(nonce)
      const word = hasCode(error, "SERVER_REFUSED") ? error.facts["reply"] : undefined
      witness.failed(word === undefined ? "a beat had no answer" : `the server refused a beat: ${word.toString()}`)
    })
  }

  /** Those that are under way prove nothing any more. */
  forget(): void {
    this.#pending.clear()
  }

  close(): void {
    this.#unsubscribe?.()
    this.forget()
  }

  /** This process's own. */
  get #channel(): string {
    return `${this.#namespace}:beat:${this.#process}`
  }

  async #ask(witness: ServerWitness, nonce: string, { at, tag }: Place, generation: Generation): Promise<void> {
    const connection = this.#connection
    const key = `${this.#namespace}:{${tag}}:${this.#process}`
    const call = beatCall({ beat: key, keepMs, channel: this.#channel, nonce })
    // In this order on one socket: what the server owned when it was asked, it owns no longer than until the beat.
    const [owned, answer] = await Promise.all([
      connection.sharesSlots ? undefined : connection.command(at, ["CLUSTER", "NODES"], { generation }),
      connection.script(at, beat, ...call, { generation }),
    ])
    if (owned !== undefined) {
      const own = ownSlotsOf(String(owned))
      if (own === undefined) throw new TypeError("The server does not name itself.")
      witness.owns(own)
    }
    if (String(answer) === "made" && witness.hasBeaten) witness.raise("the server has lost data")
    witness.hasBeaten = true
    this.#came(nonce, "isAnswered")
  }

  #heard(nonce: string, from: SubscriberSocket): void {
    if (this.#pending.get(nonce)?.witness.socket === from) this.#came(nonce, "isHeard")
  }

  #came(nonce: string, what: "isAnswered" | "isHeard"): void {
    const pending = this.#pending.get(nonce)
    if (pending === undefined) return
    pending[what] = true
    if (!pending.isAnswered || !pending.isHeard) return
    this.#pending.delete(nonce)
    pending.witness.prove(pending.sentMs)
  }

  #forgetOldest(witness: ServerWitness): void {
    const own = [...this.#pending].filter(([, pending]) => pending.witness === witness)
    const oldest = own.length < pendingMax ? undefined : own[0]
    if (oldest !== undefined) this.#pending.delete(oldest[0])
  }

  /** A slot of this server, and a hash tag that lies in it: the same as last time, if it has not moved. */
  #placeOn(socket: SubscriberSocket): Place | undefined {
    const isThere = ({ at }: Place): boolean => this.#connection.subscriber(at) === socket
    const known = this.#places.get(socket)
    if (known !== undefined && isThere(known)) return known
    for (let number = 0; number < slots; number += 1) {
      const tag = `beat#${number}`
      const place = { at: slotOf(tag), tag }
      if (!isThere(place)) continue
      this.#places.set(socket, place)
      return place
    }
    return undefined
  }
}
