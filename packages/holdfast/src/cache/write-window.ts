import type { Clock, Timer } from "../contracts/clock.ts"
import type { WindowGrant } from "../contracts/store.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { invalidOption } from "../errors/option-checks.ts"
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
   * Throws `WINDOW_LOST` if less than this is left, and `INVALID_OPTION` if that can never be had, because the whole term is no longer.
   * Called once the database has begun the transaction with this as its timeout, it proves that the transaction ends in time, even if
   * this process stops before it has committed.
   */
  require(duration: Duration): void
}

/**
 * For so many terms a strict window is kept open for a writer that has not ended. One is what is promised; the others are for a source that
 * ends late, and for a process that lives to see it. A writer that never ends must not keep its key out of the store for ever.
 */
const termsKept = 10

/** What ended a strict window before its writer did. */
type Loss = "gone" | "term"

/** The window of one write, from the sending of its open to its close. */
export class WriteWindow {
  /** Undefined: none was acknowledged, so the write ends with an invalidation. */
  readonly grant: WindowGrant | undefined
  /** How long the source may take, in milliseconds from the sending of its open; `Infinity`: the cache is leased. */
  readonly termMs: number
  /** It is prolonged no more, although its writer has not ended: what is loaded from then on may be stored. */
  isGivenUp = false
  /** On the monotonic clock, in milliseconds. */
  readonly #deadlineMs: number
  readonly #clock: Clock
  #aborting: AbortController | undefined
  #lost: HoldfastError | undefined
  #timer: Timer
  #stopKeeping: () => void = () => {}

  /** @param sentMs when its open was sent, on the monotonic clock */
  constructor(grant: WindowGrant | undefined, clock: Clock, termMs: number = Infinity, sentMs: number = 0) {
    this.grant = grant
    this.#clock = clock
    this.termMs = termMs
    this.#deadlineMs = sentMs + termMs
  }

  /**
   * Begins to prolong the window, until `end`; a strict one not beyond its tenth term.
   *
   * @param keep starts that, is told whom to tell of a window that is gone, and returns the end of it
   */
  hold(keep: (grant: WindowGrant, onGone: () => void) => () => void): void {
    if (this.grant === undefined) return
    const strict = this.termMs !== Infinity
    this.#stopKeeping = keep(this.grant, () => strict && this.#lose("gone"))
    if (strict) this.#timer = this.#clock.setTimeout(() => this.#termHasPassed(), this.remainingMs)
  }

  end(): void {
    this.#stopKeeping()
    this.#clock.clearTimeout(this.#timer)
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

  /** Why its writer was told to roll back, if it was. */
  get lost(): HoldfastError | undefined {
    return this.#lost
  }

  #termHasPassed(): void {
    this.#lose("term")
    // The last time it is prolonged lasts for one more term.
    this.#timer = this.#clock.setTimeout(() => this.#giveUp(), this.termMs * (termsKept - 2))
  }

  #giveUp(): void {
    this.isGivenUp = true
    this.#stopKeeping()
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
        const neededMs = durationMs("require", duration)
        if (neededMs <= this.remainingMs) return
        const termMs = Math.min(...windows.map((window) => window.termMs))
        throw neededMs < termMs ? windowLost("term") : termTooShort(neededMs, termMs)
      },
    },
  }
}

/** A term counts from the sending of its open, so no writer ever has the whole of it. */
function termTooShort(neededMs: number, termMs: number): HoldfastError {
  const why = `is ${termMs} ms, so that a writer never has the ${neededMs} ms that it has asked \`deadline.require\` for`
  return invalidOption("windowTerm", `${why}: make it longer, or the timeout of the transaction shorter.`)
}

function windowLost(why: Loss): HoldfastError {
  const what =
    why === "gone"
      ? "The window of this write is not known to be on record any more."
      : "The term of this write has passed, or less of it is left than was required."
  return new HoldfastError("WINDOW_LOST", what, { facts: { why } })
}
