import { EventHeap, type SimEvent } from "./event-heap.ts"
import type { SimProcess } from "./sim-process.ts"

/** Wall time at virtual time 0: 2026-01-01T00:00Z. */
export const wallStartMs = 1_767_225_600_000

/** Virtual time and what is going to happen. One event runs at a time. */
export class World {
  nowMs = 1000
  /** Events that have run. */
  events = 0
  /** Of everything that has happened so far: two histories with the same hash went the same way. */
  hash = 0
  readonly seed: number
  /** Hears what a person would want to read; undefined while nobody reads. */
  tell: ((who: string, what: string) => void) | undefined
  readonly #heap = new EventHeap()
  #order = 0

  constructor(seed: number) {
    this.seed = seed
  }

  /** Plans an event. With a process it waits while that process is paused, and is dropped when it is dead. */
  at(delayMs: number, process: SimProcess | undefined, run: () => void): SimEvent {
    const event: SimEvent = { atMs: this.nowMs + delayMs, order: this.#order, process, run }
    this.#order += 1
    this.#heap.push(event)
    return event
  }

  /**
   * Runs events until one has run code of a process, whose promises must settle before the next.
   *
   * @returns whether there may be more before `untilMs`; if not, it is now `untilMs`
   */
  advance(untilMs: number): boolean {
    for (;;) {
      const event = this.#heap.earliest
      if (event === undefined || event.atMs > untilMs) {
        this.#moveTo(untilMs)
        return false
      }
      this.#heap.pop()
      const { process, run } = event
      if (run === undefined) continue
      if (process !== undefined && !process.isRunning(this.nowMs, event.atMs)) {
        if (process.isDead) continue
        this.#moveTo(event.atMs)
        this.#postpone(event, process.pausedUntilMs)
        continue
      }
      this.#moveTo(event.atMs)
      event.run = undefined
      this.events += 1
      this.note((event.atMs * 1024) | 0, process === undefined ? 0 : process.id + 1)
      run()
      if (process !== undefined) return true
    }
  }

  /** Mixes two numbers into the hash. */
  note(a: number, b: number): void {
    this.hash = Math.imul(Math.imul(this.hash ^ a, 0x9e3779b1) ^ b, 0x85ebca6b) ^ (this.hash >>> 15)
  }

  #postpone(event: SimEvent, untilMs: number): void {
    event.atMs = untilMs
    event.order = this.#order
    this.#order += 1
    this.#heap.push(event)
  }

  #moveTo(ms: number): void {
    if (ms < this.nowMs)
      throw new Error(`virtual time would go from ${this.nowMs} to ${ms} ms; it never goes backwards`)
    this.nowMs = ms
  }
}
