import type { Clock, Timer } from "../contracts/clock.ts"

interface VirtualTimer {
  readonly dueMs: number
  run: (() => void) | undefined
}

/** A clock that stands still until a test moves it. Everything that is due runs in order of time, then of setting. */
export interface VirtualClock extends Clock {
  /** Timers that have been set and neither run nor been cleared. */
  readonly pending: number
  /** How many keep the process alive. */
  readonly held: number
  /** Moves time by `ms`, running what falls due on the way; promises settle before and after every timer. */
  advance(ms: number): Promise<void>
  /** Runs timers until none is left. Throws after `limit` timers (default 10,000), because a beat never ends. */
  runUntilIdle(limit?: number): Promise<void>
  /** Runs timers until `promise` settles and answers as it does. Throws if that takes more than `limitMs` (default 10 min). */
  runUntil<T>(promise: Promise<T>, limitMs?: number): Promise<T>
  /** Moves time by `ms` and runs nothing, like a blocked event loop. What fell due runs, late, with the next `advance`. */
  stall(ms: number): void
  /** Moves wall time only, as an operator or NTP does; negative goes back. */
  jumpWall(ms: number): void
  /** Lets promises settle; no time passes and no timer runs. */
  settle(): Promise<void>
}

const laterTask = setImmediate

/** A macrotask of the real event loop: every microtask that is ready, and all that follow from it, has run before it. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    laterTask(resolve)
  })
}

/** Creates a {@link VirtualClock}. `wallMs`: its first wall time, default 2026-01-01T00:00Z. Monotonic time starts at 1,000 ms. */
export function virtualClock(options: { readonly wallMs?: number } = {}): VirtualClock {
  return new StillClock(options.wallMs ?? 1_767_225_600_000)
}

class StillClock implements VirtualClock {
  pending = 0
  held = 0
  #nowMs = 1000
  #wallOffsetMs: number
  #timers: VirtualTimer[] = []

  constructor(wallMs: number) {
    this.#wallOffsetMs = wallMs - this.#nowMs
  }

  now(): number {
    return Math.floor(this.#nowMs + this.#wallOffsetMs)
  }

  monotonic(): number {
    return this.#nowMs
  }

  setTimeout(run: () => void, ms: number): Timer {
    return this.#set(run, this.#nowMs + Math.max(0, ms))
  }

  clearTimeout(timer: Timer): void {
    if (timer !== undefined) this.#clear(timer as VirtualTimer)
  }

  keepAlive(): () => void {
    this.held += 1
    return () => void (this.held -= 1)
  }

  afterPoll(run: () => void): void {
    this.#set(run, this.#nowMs)
  }

  stall(ms: number): void {
    this.#moveTo(this.#nowMs + ms)
  }

  jumpWall(ms: number): void {
    this.#wallOffsetMs += ms
  }

  settle(): Promise<void> {
    return settle()
  }

  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms
    this.#assertForward(untilMs)
    await settle()
    for (let timer = this.#next(); timer !== undefined && timer.dueMs <= untilMs; timer = this.#next()) {
      this.#fire(timer)
      await settle()
    }
    this.#moveTo(Math.max(this.#nowMs, untilMs))
  }

  async runUntilIdle(limit = 10_000): Promise<void> {
    await settle()
    for (let ran = 0, timer = this.#next(); timer !== undefined; timer = this.#next()) {
      if (ran++ === limit) throw new Error(`still not idle after ${limit} timers; something sets timers for ever`)
      this.#fire(timer)
      await settle()
    }
  }

  async runUntil<T>(promise: Promise<T>, limitMs = 600_000): Promise<T> {
    const untilMs = this.#nowMs + limitMs
    let settled = false
    const done = (): void => {
      settled = true
    }
    promise.then(done, done)
    await settle()
    while (!settled) {
      const timer = this.#next()
      if (timer === undefined) throw new Error("the promise cannot settle: no timer is left")
      if (timer.dueMs > untilMs) throw new Error(`the promise has not settled after ${limitMs} virtual ms`)
      this.#fire(timer)
      await settle()
    }
    return promise
  }

  #set(run: () => void, dueMs: number): VirtualTimer {
    const timer: VirtualTimer = { dueMs, run }
    let at = this.#timers.length
    while (at > 0 && (this.#timers[at - 1] as VirtualTimer).dueMs > dueMs) at--
    this.#timers.splice(at, 0, timer)
    this.pending++
    return timer
  }

  #clear(timer: VirtualTimer): void {
    if (timer.run === undefined) return
    timer.run = undefined
    this.pending--
    const { length } = this.#timers
    if (length > 64 && length > this.pending * 2) this.#timers = this.#timers.filter((each) => each.run !== undefined)
  }

  #next(): VirtualTimer | undefined {
    while (this.#timers.length > 0 && this.#timers[0]?.run === undefined) this.#timers.shift()
    return this.#timers[0]
  }

  #fire(timer: VirtualTimer): void {
    const { run } = timer
    this.#clear(timer)
    this.#moveTo(Math.max(this.#nowMs, timer.dueMs))
    run?.()
  }

  #moveTo(ms: number): void {
    this.#assertForward(ms)
    this.#nowMs = ms
  }

  #assertForward(ms: number): void {
    if (ms >= this.#nowMs) return
    throw new Error(`virtual time would go from ${this.#nowMs} to ${ms} ms; it never goes backwards`)
  }
}
