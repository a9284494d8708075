import type { RedisReply } from "../../contracts/redis-client.ts"
import type { Generation, SendOptions } from "../../contracts/redis-connection.ts"
import { hasCode, type HoldfastError } from "../../errors/holdfast-error.ts"
import { bounded } from "../bounded.ts"
import type { ConnectionSettings } from "../connection-settings.ts"
import * as refusals from "../refusals.ts"
import type { Sending } from "../script-call.ts"
import type { Primaries } from "./primaries.ts"
import { readAddress } from "./slot-ranges.ts"
import type { SlotTable } from "./slot-table.ts"
import { Tenure, type SlotGeneration } from "./tenure.ts"
import type { Topology } from "./topology.ts"

/** Sends something once, to one primary. */
export type Attempt = (tenure: Tenure, sending: Sending) => Promise<RedisReply>

/** What a router knows of its cluster. */
export interface RouterParts {
  readonly slots: SlotTable
  readonly primaries: Primaries
  readonly topology: Topology
  /** Settles when the first question for the map has been answered or has failed. */
  readonly firstAnswer: Promise<void>
  /** Why a slot has no owner. */
  readonly noOwner: () => HoldfastError
}

interface Errand {
  readonly slot: number
  readonly attempt: Attempt
  readonly onSend: SendOptions["onSend"]
  /** When it is given up, on the monotonic clock. */
  readonly untilMs: number
}

/** Where a redirection leads. */
interface Redirection {
  readonly tenure: Tenure
  readonly asking: boolean
}

/** Two servers that contradict each other must not send a command back and forth for ever. */
const redirectionsMax = 5

/** Sends to the owner of a slot, and after it where it has gone. */
export class Router {
  readonly #settings: ConnectionSettings
  readonly #parts: RouterParts
  #known = false
  #waiting = 0

  constructor(settings: ConnectionSettings, parts: RouterParts) {
    this.#settings = settings
    this.#parts = parts
    parts.firstAnswer.then(
      () => (this.#known = true),
      () => {},
    )
  }

  run(slot: number, attempt: Attempt, options: SendOptions): Promise<RedisReply> {
    const { timeoutMs = this.#settings.commandTimeoutMs, generation, onSend } = options
    if (generation !== undefined) return this.#runBound(slot, attempt, generation as SlotGeneration, timeoutMs, onSend)
    const errand = { slot, attempt, onSend, untilMs: this.#settings.clock.monotonic() + timeoutMs }
    const tenure = this.#parts.slots.owner(slot)
    return tenure === undefined
      ? this.#runLater(errand, timeoutMs)
      : this.#send(errand, { tenure, asking: false }, timeoutMs)
  }

  /** Once, where it was granted, or not at all (R4). What the owner answers about moves is heard all the same. */
  #runBound(
    slot: number,
    attempt: Attempt,
    generation: SlotGeneration,
    timeoutMs: number,
    onSend: SendOptions["onSend"],
  ): Promise<RedisReply> {
    const { primaries, slots } = this.#parts
    if (primaries.closed) return Promise.reject(refusals.closed())
    const tenure = slots.owner(slot)
    if (tenure === undefined || tenure.generation !== generation) return Promise.reject(refusals.generationChanged())
    const sending = { timeoutMs, generation: generation.socket, onSend: told(tenure, onSend), asking: false }
    return attempt(tenure, sending).catch((error: unknown) => {
      throw this.#redirection(slot, tenure, error) === undefined ? error : refusals.generationChanged()
    })
  }

  /** Otherwise whatever a program does first would be done without the store. */
  async #runLater(errand: Errand, timeoutMs: number): Promise<RedisReply> {
    const { firstAnswer, noOwner, slots, topology } = this.#parts
    if (!this.#known) {
      const { maxInFlight, client } = this.#settings
      if (this.#waiting >= maxInFlight) throw refusals.overloaded(client.seeds[0] ?? nowhere, maxInFlight)
      this.#waiting++
      await bounded(firstAnswer, timeoutMs, this.#settings)
      this.#waiting--
    }
    const tenure = slots.owner(errand.slot)
    if (tenure !== undefined) return this.#send(errand, { tenure, asking: false }, this.#leftMs(errand))
    topology.changed()
    throw noOwner()
  }

  #send(errand: Errand, { tenure, asking }: Redirection, timeoutMs: number, redirections = 0): Promise<RedisReply> {
    const { slot, attempt, onSend } = errand
    const sending = { timeoutMs, generation: undefined, onSend: told(tenure, onSend), asking }
    return attempt(tenure, sending).catch((error: unknown) => {
      const next = this.#redirection(slot, tenure, error)
      const leftMs = this.#leftMs(errand)
      if (next === undefined || redirections === redirectionsMax || leftMs <= 0) throw error
      return this.#send(errand, next, leftMs, redirections + 1)
    })
  }

  /** Where an error says that the slot has gone, if it says so. What it says of the map is learned. */
  #redirection(slot: number, { primary }: Tenure, error: unknown): Redirection | undefined {
    const { primaries, slots, topology } = this.#parts
    if (hasCode(error, "CLOSED")) return this.#successor(slot, primary)
    if (primaries.closed || !hasCode(error, "SERVER_REFUSED")) return undefined
    const { reply, address, slot: named = slot } = error.facts
    if (reply === "CLUSTERDOWN") topology.changed()
    if (typeof address !== "string") return undefined
    const node = readAddress(address, primary.node)
    if (reply === "ASK") return { tenure: new Tenure(primaries.askedAt(node)), asking: true }
    const owner = primaries.at(node)
    topology.changed(owner)
    return { tenure: slots.learn(Number(named), owner), asking: false }
  }

  /** After a primary was closed because it owns nothing any more. */
  #successor(slot: number, closed: Tenure["primary"]): Redirection | undefined {
    const tenure = this.#parts.slots.owner(slot)
    return tenure === undefined || tenure.primary === closed ? undefined : { tenure, asking: false }
  }

  #leftMs({ untilMs }: Errand): number {
    return Math.ceil(untilMs - this.#settings.clock.monotonic())
  }
}

/** Tells the generation of the slot instead of that of the socket. */
function told(tenure: Tenure, onSend: SendOptions["onSend"]): (socket: Generation) => void {
  return (socket) => onSend?.(tenure.of(socket))
}

const nowhere = { host: "unknown", port: 0 }
