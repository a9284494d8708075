import type { Clock, Timer } from "../../contracts/clock.ts"
import type { Random } from "../../contracts/random.ts"
import type { HoldfastError } from "../../errors/holdfast-error.ts"
import { backoff, type Backoff } from "../../policy/backoff.ts"
import { jittered } from "../../policy/jitter.ts"
import type { Primary } from "../primary.ts"
import { asHoldfastError } from "../refusals.ts"
import type { SlotRange } from "./slot-ranges.ts"

export interface TopologyOptions {
  readonly clock: Clock
  readonly random: Random
  /** Asks the cluster; `first` is the primary that probably knows best. */
  readonly ask: (first: Primary | undefined) => Promise<readonly SlotRange[]>
  readonly learned: (ranges: readonly SlotRange[]) => void
  readonly failed: (error: HoldfastError) => void
}

/** How often the map is learned again although nothing hints at a change. */
const everyMs = 30_000
/** The least time between two questions, however many hints there are: thousands of slots may be on the move. */
const gapMs = 1000

/** Keeps the slot map fresh: asks at the start, after a hint, and now and then; one question at a time, and never too often. */
export class Topology {
  readonly #options: TopologyOptions
  readonly #retries: Backoff
  #timer: Timer
  #dueMs = 0
  #askedMs = -Infinity
  #asking = false
  #hinted = false
  #first: Primary | undefined
  #stopped = false

  constructor(options: TopologyOptions) {
    this.#options = options
    this.#retries = backoff({ random: options.random, baseMs: 50, capMs: 2000 })
    this.#ask()
  }

  /** Something says that the map has changed. */
  changed(first?: Primary): void {
    this.#first = first ?? this.#first
    if (this.#asking) this.#hinted = true
    else if (!this.#stopped) this.#wakeIn(Math.max(0, this.#askedMs + gapMs - this.#options.clock.monotonic()))
  }

  stop(): void {
    this.#stopped = true
    this.#options.clock.clearTimeout(this.#timer)
  }

  /** Brings the next question forward, never back. */
  #wakeIn(ms: number): void {
    const { clock } = this.#options
    const dueMs = clock.monotonic() + ms
    if (dueMs >= this.#dueMs) return
    clock.clearTimeout(this.#timer)
    this.#dueMs = dueMs
    this.#timer = clock.setTimeout(() => this.#ask(), ms)
  }

  #ask(): void {
    const { ask, clock, learned, failed } = this.#options
    this.#asking = true
    this.#hinted = false
    this.#askedMs = clock.monotonic()
    const first = this.#first
    this.#first = undefined
    ask(first).then(
      (ranges) => {
        this.#retries.reset()
        this.#over(everyMs, () => learned(ranges))
      },
      (error: unknown) => this.#over(this.#retries.nextMs(), () => failed(asHoldfastError(error))),
    )
  }

  #over(nextMs: number, tell: () => void): void {
    this.#asking = false
    if (this.#stopped) return
    this.#dueMs = Infinity
    this.#wakeIn(jittered(nextMs, 0.2, this.#options.random))
    const { clock } = this.#options
    if (this.#hinted) this.#wakeIn(Math.max(0, this.#askedMs + gapMs - clock.monotonic()))
    tell()
  }
}
