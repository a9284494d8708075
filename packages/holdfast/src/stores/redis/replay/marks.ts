import type { Clock, Timer } from "../../../contracts/clock.ts"
import type { HoldfastEvent } from "../../../contracts/observer.ts"
import type { RedisConnection } from "../../../contracts/redis-connection.ts"
import { slotOf } from "../../../entry/slot.ts"
import { refusalOf } from "../replies.ts"
import { nodeOf, placeOf, type MarkPlace, type ServerLog } from "./server-log.ts"

/** How long after an invalidation its number is left on its server, in milliseconds: what is acknowledged meanwhile has the same number. */
const soonMs = 50
/** The least time between two rounds, however much is invalidated, in milliseconds. */
const apartMs = 1000
/** The most time between two rounds, in milliseconds. */
const restMs = 600_000
/** After how long a server that goes on refusing its number is sent it again, at most, in milliseconds. */
const heldMs = 30_000
/** How long a number lives on a server, in milliseconds. */
const keepMs = 3_600_000
/** After how long it is left again although it is the same, in milliseconds. */
const againMs = 1_200_000

/** Leaves on each server how many invalidations this process had had acknowledged by then: what a replica has of them can be read back. */
export class Marks {
  readonly #connection: () => RedisConnection
  readonly #clock: Clock
  readonly #namespace: string
  readonly #process: string
  readonly #logs: () => readonly ServerLog[]
  readonly #report: ((event: HoldfastEvent) => void) | undefined
  readonly #number: () => number
  #timer: Timer
  #dueMs = Infinity
  #roundMs = -Infinity
  #closed = false

  /**
   * @param options.process names this process
   * @param options.logs those that are to be left a number, at the beginning of a round
   * @param options.number how many have been acknowledged so far, by all servers
   */
  constructor(options: {
    readonly connection: () => RedisConnection
    readonly clock: Clock
    readonly namespace: string
    readonly process: string
    readonly logs: () => readonly ServerLog[]
    readonly number: () => number
    readonly report: ((event: HoldfastEvent) => void) | undefined
  }) {
    this.#connection = options.connection
    this.#clock = options.clock
    this.#namespace = options.namespace
    this.#process = options.process
    this.#logs = options.logs
    this.#number = options.number
    this.#report = options.report
  }

  /** Something was acknowledged, or a server has another log than before. */
  changed(): void {
    this.#wakeIn(Math.max(soonMs, this.#roundMs + apartMs - this.#clock.monotonic()))
  }

  close(): void {
    this.#closed = true
    this.#clock.clearTimeout(this.#timer)
  }

  /** Brings the next round forward, never back. */
  #wakeIn(ms: number): void {
    const dueMs = this.#clock.monotonic() + ms
    if (this.#closed || dueMs >= this.#dueMs) return
    this.#clock.clearTimeout(this.#timer)
    this.#dueMs = dueMs
    this.#timer = this.#clock.setTimeout(() => this.#round(), ms)
  }

  #round(): void {
    const nowMs = this.#clock.monotonic()
    this.#dueMs = Infinity
    this.#roundMs = nowMs
    for (const log of this.#logs()) {
      if (!log.isUnmarked && nowMs - log.markedMs < againMs) continue
      if (nowMs >= log.heldUntilMs) this.#leave(log, nowMs)
      else this.#wakeIn(log.heldUntilMs - nowMs)
    }
    this.#wakeIn(restMs)
  }

  #leave(log: ServerLog, nowMs: number): void {
    const connection = this.#connection()
    const owned = connection.nodes().find((each) => nodeOf(each) === log.node)
    // It is told again when it owns something again, or somebody else has taken its place.
    if (owned === undefined) return
    const generation = connection.generation(owned.slot)
    if (generation === undefined || placeOf(generation) !== log.place) return this.changed()
    const mark = this.#placeOn(log)
    const number = this.#number()
    log.mark ??= mark
    const sending = { generation: connection.generation(mark.slot) ?? generation }
    connection.command(mark.slot, ["SET", mark.key, String(number), "PX", String(keepMs)], sending).then(
      () => {
        log.mark = mark
        if (placeOf(generation) === log.place) log.marked = Math.max(log.marked, number)
        log.markedMs = nowMs
        log.refusals = 0
        if (log.isUnmarked) this.changed()
      },
      (error: unknown) => this.#failed(log, placeOf(generation) === log.place ? refusalOf(error) : undefined),
    )
  }

  /** Whoever refuses will do so again for a while, and costs no more meanwhile than that more is taken for lost. */
  #failed(log: ServerLog, reply: string | undefined): void {
    if (reply === undefined) return this.changed()
    const ms = Math.min(heldMs, apartMs * 2 ** log.refusals)
    log.refusals += 1
    log.heldUntilMs = this.#clock.monotonic() + ms
    this.#wakeIn(ms)
    if (log.refusals > 1) return
    this.#report?.({ name: "store-error", cache: undefined, operation: "mark", code: "SERVER_REFUSED", reply })
  }

  /** The same as last time, if it has not moved; else on any slot of the server: it owns one, and each has such a key. */
  #placeOn(log: ServerLog): MarkPlace {
    const connection = this.#connection()
    const isThere = ({ slot }: MarkPlace): boolean => {
      const generation = connection.generation(slot)
      return generation !== undefined && nodeOf(generation) === log.node
    }
    if (log.mark !== undefined && isThere(log.mark)) return log.mark
    for (let number = 0; ; number += 1) {
      const tag = `mark#${number}`
      const place = { slot: slotOf(tag), key: `${this.#namespace}:{${tag}}:${this.#process}` }
      if (isThere(place)) return place
    }
  }
}
