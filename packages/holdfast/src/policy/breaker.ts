import type { Clock } from "../contracts/clock.ts"
import type { Random } from "../contracts/random.ts"

/** When a breaker opens, and for how long. */
export interface BreakerOptions {
  /** How far back failures count, in milliseconds. Default 10,000. */
  readonly windowMs?: number
  /** The share of failures in the window that opens it. Default 0.5. */
  readonly failureRate?: number
  /** Below this number of outcomes in the window the share proves nothing. Default 20. */
  readonly minimumThroughput?: number
  /** This many failures in a row open it, whatever the throughput. Default 5. */
  readonly consecutiveFailures?: number
  /** How long it stays open at first, in milliseconds, half of it jitter; doubles as long as probes fail. Default 500. */
  readonly openMs?: number
  /** The longest it stays open, in milliseconds. Default 10,000. */
  readonly openCapMs?: number
}

export type BreakerState =
  | { readonly is: "closed" }
  | { readonly is: "open"; readonly untilMs: number }
  | { readonly is: "half-open"; readonly probing: boolean }

/** Stops sending to a server that fails, and finds out with one command at a time whether it is back. */
export interface Breaker {
  readonly state: BreakerState
  /** Whether a command may be sent now. Each admitted command ends in exactly one of `succeeded`, `failed` and `unproved`. */
  admits(nowMs: number): boolean
  succeeded(): void
  failed(): void
  /** The outcome says nothing about the server, as after a stall of our own event loop. */
  unproved(): void
  /** Forgets all outcomes, because the server has been proved to answer. */
  reset(): void
}

const slices = 10

interface BreakerParts {
  readonly clock: Clock
  readonly random: Random
  /** Hears every change of state. */
  onChange(state: BreakerState["is"]): void
}

export function circuitBreaker(parts: BreakerParts, options: BreakerOptions = {}): Breaker {
  return new WindowBreaker(parts, {
    windowMs: options.windowMs ?? 10_000,
    failureRate: options.failureRate ?? 0.5,
    minimumThroughput: options.minimumThroughput ?? 20,
    consecutiveFailures: options.consecutiveFailures ?? 5,
    openMs: options.openMs ?? 500,
    openCapMs: options.openCapMs ?? 10_000,
  })
}

class WindowBreaker implements Breaker {
  readonly #parts: BreakerParts
  readonly #options: Required<BreakerOptions>
  readonly #successes = Array.from({ length: slices }, () => 0)
  readonly #failures = Array.from({ length: slices }, () => 0)
  #slice = 0
  #sliceEndMs: number
  #failuresInARow = 0
  #state: BreakerState = { is: "closed" }
  /** How often it has opened in this trouble. */
  #round = 0
  #closedMs = -Infinity

  constructor(parts: BreakerParts, options: Required<BreakerOptions>) {
    this.#parts = parts
    this.#options = options
    this.#sliceEndMs = parts.clock.monotonic() + options.windowMs / slices
  }

  get state(): BreakerState {
    return this.#state
  }

  admits(nowMs: number): boolean {
    const state = this.#state
    if (state.is === "closed") {
      if (nowMs >= this.#sliceEndMs) this.#turnWindow(nowMs)
      return true
    }
    if (state.is === "open" ? nowMs < state.untilMs : state.probing) return false
    this.#enter({ is: "half-open", probing: true })
    return true
  }

  succeeded(): void {
    this.#failuresInARow = 0
    this.#successes[this.#slice]!++
    if (this.#state.is === "half-open") this.#close()
  }

  failed(): void {
    const nowMs = this.#parts.clock.monotonic()
    if (nowMs >= this.#sliceEndMs) this.#turnWindow(nowMs)
    this.#failuresInARow++
    this.#failures[this.#slice]!++
    if (this.#state.is === "half-open" || (this.#state.is === "closed" && this.#hasFailedTooOften())) this.#open(nowMs)
  }

  unproved(): void {
    if (this.#state.is === "half-open") this.#enter({ is: "half-open", probing: false })
  }

  reset(): void {
    if (this.#state.is === "closed") this.#forget()
    else this.#close()
  }

  #open(nowMs: number): void {
    // Closed for less than a window means that the trouble was not over: go on where the last round ended.
    const goesOn = this.#state.is === "half-open" || nowMs - this.#closedMs < this.#options.windowMs
    this.#round = goesOn ? this.#round + 1 : 0
    const ceilingMs = Math.min(this.#options.openMs * 2 ** this.#round, this.#options.openCapMs)
    this.#enter({ is: "open", untilMs: nowMs + ceilingMs * (0.5 + this.#parts.random.float() / 2) })
  }

  #close(): void {
    this.#closedMs = this.#parts.clock.monotonic()
    this.#forget()
    this.#enter({ is: "closed" })
  }

  #enter(next: BreakerState): void {
    const changed = next.is !== this.#state.is
    this.#state = next
    if (changed) this.#parts.onChange(next.is)
  }

  #hasFailedTooOften(): boolean {
    if (this.#failuresInARow >= this.#options.consecutiveFailures) return true
    const failed = sum(this.#failures)
    const all = failed + sum(this.#successes)
    return all >= this.#options.minimumThroughput && failed >= all * this.#options.failureRate
  }

  #turnWindow(nowMs: number): void {
    const sliceMs = this.#options.windowMs / slices
    if (nowMs - this.#sliceEndMs >= this.#options.windowMs) {
      this.#forgetWindow()
      this.#sliceEndMs = nowMs + sliceMs
    }
    while (nowMs >= this.#sliceEndMs) {
      this.#slice = (this.#slice + 1) % slices
      this.#successes[this.#slice] = this.#failures[this.#slice] = 0
      this.#sliceEndMs += sliceMs
    }
  }

  #forget(): void {
    this.#failuresInARow = 0
    this.#forgetWindow()
  }

  #forgetWindow(): void {
    this.#successes.fill(0)
    this.#failures.fill(0)
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
