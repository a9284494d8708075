import type { LeaseGrant } from "../contracts/store.ts"
import type { TagStamp } from "../entry/tag-stamp.ts"
import { deferred, type Deferred } from "../internal/deferred.ts"

/** How a read was answered, and with what; `value` undefined means "not in the source". */
export interface Answer<V> {
  readonly value: V | undefined
  readonly source: "near" | "outage" | "store" | "stale" | "load"
  /** Whether the store now holds this value, so that callers who came during the load may take it (R10). */
  readonly stored: boolean
  /** What the entry records, if this load has stored it. */
  readonly stamp?: TagStamp
  /** A stale value that was held in this process, and of which nothing proves that it was not changed since. */
  readonly isFenced?: true
}

/** What a flight ends with: an answer, or "look again" because a waiter was woken. */
export type Landing<V> = Answer<V> | "look-again"

/** The place of a caller who may give up, and the way out of the flight that it has boarded last. */
export interface Ticket {
  flight: { leave(): void } | undefined
  left: boolean
}

/**
 * Where a flight stands. Callers who come while it is `loading` share the load only if its fill is accepted (R10); those who come
 * in the turn in which it started share all of it, because none of its commands is written yet.
 */
type Phase =
  | { readonly is: "looking" }
  | { readonly is: "loading"; readonly grant: LeaseGrant }
  | { readonly is: "filling" }
  | { readonly is: "landed" }

/** The phases that carry nothing, made once. */
export const phases = {
  looking: { is: "looking" },
  filling: { is: "filling" },
  landed: { is: "landed" },
} as const

/** Takes the place of a landing that all passengers already hold. */
const landed: Promise<never> = new Promise(() => {})

/** One pass through the read path for one key in this process. */
export class Flight<V> {
  /** The turn of the event loop, as its table counts them, in which it started. */
  readonly turnOfStart: number
  #phase: Phase = phases.looking
  #passengers = 0
  #turn: Deferred<void> | undefined
  #abandon: (() => void) | undefined
  landing!: Promise<Landing<V>>

  constructor(turnOfStart: number) {
    this.turnOfStart = turnOfStart
  }

  get phase(): Phase {
    return this.#phase
  }

  enter(phase: Phase): void {
    this.#phase = phase
    if (phase.is === "loading" || phase.is === "landed") this.wakeNext()
    if (phase.is === "landed") this.#letGo()
  }

  /**
   * Tables that a Map has outgrown stay in the old generation of the heap for a while and keep alive what was in them: they must not
   * keep every value that was read.
   */
  #letGo(): void {
    this.landing = landed
    this.#abandon = undefined
  }

  /** Resolves when the flight starts to load, has landed, or was detached: when it is worth looking at the table again. */
  turn(): Promise<void> {
    this.#turn ??= deferred<void>()
    return this.#turn.promise
  }

  wakeNext(): void {
    this.#turn?.resolve()
    this.#turn = undefined
  }

  /** Takes one caller on board. Settles as the flight lands. */
  board(ticket: Ticket | undefined): Promise<Landing<V>> {
    this.#passengers += 1
    if (ticket !== undefined) ticket.flight = this
    return this.landing
  }

  /** A caller gave up. When the last one has left, the load is aborted. */
  leave(): void {
    this.#passengers -= 1
    if (this.#passengers === 0) this.#abandon?.()
  }

  /** Says how to stop the load when nobody waits for it any more. */
  onAbandoned(abandon: () => void): void {
    this.#abandon = abandon
    if (this.#passengers === 0) abandon()
  }
}
