import type { GapReason } from "../contracts/domain-event.ts"
import type { HoldfastEvent } from "../contracts/observer.ts"
import { errorName } from "../errors/error-name.ts"
import type { ReaderFigures } from "./reader-figures.ts"

/** Counts what a reader finds, and tells the observer of it. */
export class EventReports {
  readonly #event: string
  readonly #reader: string
  readonly #figures: Pick<ReaderFigures, "handled" | "failures" | "givenUp" | "unreadable" | "gaps">
  readonly #report: ((event: HoldfastEvent) => void) | undefined

  constructor(
    { event, reader }: { readonly event: string; readonly reader: string },
    figures: Pick<ReaderFigures, "handled" | "failures" | "givenUp" | "unreadable" | "gaps">,
    report: ((event: HoldfastEvent) => void) | undefined,
  ) {
    this.#event = event
    this.#reader = reader
    this.#figures = figures
    this.#report = report
  }

  handled(count: number): void {
    this.#figures.handled += count
  }

  gap(why: GapReason): void {
    this.#figures.gaps += 1
    this.#report?.({ name: "event-gap", event: this.#event, reader: this.#reader, why })
  }

  /** What is wrong with it: its format, its payload, or what a rule makes of it. */
  unreadable(why: "format" | "codec" | "rule", error?: unknown): void {
    this.#figures.unreadable += 1
    const kind = why === "format" ? undefined : errorName(error)
    this.#report?.({ name: "event-unreadable", event: this.#event, reader: this.#reader, why, error: kind })
  }

  failed(attempt: number, isGivenUp: boolean, cause: unknown): void {
    this.#figures.failures += 1
    if (isGivenUp) this.#figures.givenUp += 1
    const error = errorName(cause)
    this.#report?.({ name: "event-failed", event: this.#event, reader: this.#reader, attempt, isGivenUp, error })
  }

  /** Undefined: it is unreadable. */
  decoded<T>(decode: () => T): { readonly value: T } | undefined {
    try {
      return { value: decode() }
    } catch (error) {
      this.unreadable("codec", error)
      return undefined
    }
  }
}
