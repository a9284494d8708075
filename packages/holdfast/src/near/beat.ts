import type { Clock } from "../contracts/clock.ts"
import type { Random } from "../contracts/random.ts"
import type { Generation, RedisConnection, SubscriberSocket } from "../contracts/redis-connection.ts"
import { hasCode } from "../errors/holdfast-error.ts"
import { beat, beatCall } from "../scripts/generated/beat.ts"
import { ownSlotsOf } from "./own-slots.ts"
import type { ServerPlace, ServerPlaces } from "./server-places.ts"
import type { ServerWitness } from "./server-witness.ts"

/** How long what a beat leaves on a server lives, in milliseconds: longer than any pause between two beats that are not lost. */
const keepMs = 60_000
/** Beats without an answer that are remembered per server. */
const pendingMax = 8

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
  readonly #places: ServerPlaces
  #unsubscribe: (() => void) | undefined

  constructor(options: {
    readonly connection: RedisConnection
    readonly places: ServerPlaces
    readonly namespace: string
    readonly clock: Clock
    readonly random: Random
  }) {
    this.#connection = options.connection
    this.#places = options.places
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
    const place = this.#places.of(witness.socket)
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

  async #ask(witness: ServerWitness, nonce: string, { at, tag }: ServerPlace, generation: Generation): Promise<void> {
    const connection = this.#connection
    // Not where entries and tags are: who tracks those need not be told of the beats of all processes.
    const key = `${this.#namespace}:beat:{${tag}}:${this.#process}`
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
}
