import type { Clock } from "../contracts/clock.ts"
import type { WindowGrant } from "../contracts/store.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { durationMs, type Duration } from "../policy/duration.ts"

/** What a writer is told. */
export interface WriteContext {
  /**
   * Aborted with `WINDOW_LOST` when a strict window is found gone, or its term has passed: roll back what has not been committed. Never
   * aborted in a cache that is leased.
   */
  readonly signal: AbortSignal
  /** Until when the source must have committed or given up, in a strict cache: give it to the database as the transaction's timeout. */
  readonly deadline: WriteDeadline
}

/** When a strict write must have ended. */
export interface WriteDeadline {
  /** Milliseconds from now, at least 0; `Infinity` in a cache that is leased. */
  readonly remainingMs: number
  /**
   * Throws `WINDOW_LOST` if less than this is left. Called once the database has begun the transaction with this as its timeout, it
   * proves that the transaction ends in time, even if this process stops before it has committed.
   */
  require(duration: Duration): void
}

/** What ended a strict window before its writer did. */
type Loss = "gone" | "term"

/** The window of one write, from the sending of its open to its close. */
export class WriteWindow {
  /** Undefined: none was acknowledged, so the write ends with an invalidation. */
  readonly grant: WindowGrant | undefined
  /** On the monotonic clock, in milliseconds. */
  readonly #deadlineMs: number
  readonly #clock: Clock
  #aborting: AbortController | undefined
  #lost: HoldfastError | undefined
  #stop: () => void = () => {}

  constructor(grant: WindowGrant | undefined, clock: Clock, deadlineMs: number = Infinity) {
    this.grant = grant
    this.#clock = clock
    this.#deadlineMs = deadlineMs
  }

  /**
   * Begins to prolong the window, until `end`.
   *
   * @param keep starts that, is told whom to tell of a window that is gone, and returns the end of it
   */
  hold(keep: (grant: WindowGrant, onGone: () => void) => () => void): void {
    if (this.grant === undefined) return
    const strict = this.#deadlineMs !== Infinity
    const stopKeeping = keep(this.grant, () => strict && this.#lose("gone"))
    const timer = strict ? this.#clock.setTimeout(() => this.#lose("term"), this.remainingMs) : undefined
    this.#stop = () => {
      stopKeeping()
      if (timer !== undefined) this.#clock.clearTimeout(timer)
    }
  }

  end(): void {
    this.#stop()
  }

  /** Made when somebody asks for it. */
  get signal(): AbortSignal {
    this.#aborting ??= new AbortController()
    if (this.#lost !== undefined) this.#aborting.abort(this.#lost)
    return this.#aborting.signal
  }

  get remainingMs(): number {
    return Math.max(0, this.#deadlineMs - this.#clock.monotonic())
  }

  #lose(why: Loss): void {
    this.#lost ??= windowLost(why)
    this.#aborting?.abort(this.#lost)
  }
}

/** What the writer of one window, or of several, is told: the first that is lost counts, and the first deadline. */
export function contextOf(windows: readonly WriteWindow[]): WriteContext {
  let signal: AbortSignal | undefined
  return {
    get signal() {
      signal ??= AbortSignal.any(windows.map((window) => window.signal))
      return signal
    },
    deadline: {
      get remainingMs() {
        return Math.min(...windows.map((window) => window.remainingMs))
      },
      require(duration) {
        if (this.remainingMs < durationMs("require", duration)) throw windowLost("term")
      },
    },
  }
}

function windowLost(why: Loss): HoldfastError {
  const what =
    why === "gone"
      ? "The window of this write is not known to be on record any more."
      : "The term of this write has passed, or less of it is left than was required."
  return new HoldfastError("WINDOW_LOST", what, { facts: { why } })
}
