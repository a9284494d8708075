import type { Clock } from "../contracts/clock.ts"
import { Deadline, type DeadlineQueue } from "../policy/deadline-queue.ts"

/** How a bounded wait ended. */
export type BoundedOutcome<T> =
  | { readonly is: "answered"; readonly value: T }
  | { readonly is: "failed"; readonly error: unknown }
  | { readonly is: "timeout"; readonly stalled: boolean }

/** Waits for `promise`, at most `timeoutMs`. Never rejects; what comes later is swallowed. */
export function bounded<T>(
  promise: Promise<T>,
  timeoutMs: number,
  parts: { readonly clock: Clock; readonly deadlines: DeadlineQueue },
): Promise<BoundedOutcome<T>> {
  return new Promise((resolve) => {
    const deadline = new OutcomeDeadline((stalled) => resolve({ is: "timeout", stalled }))
    const settle = (outcome: BoundedOutcome<T>): void => {
      parts.deadlines.remove(deadline)
      resolve(outcome)
    }
    parts.deadlines.add(deadline, timeoutMs, parts.clock.monotonic())
    promise.then(
      (value) => settle({ is: "answered", value }),
      (error: unknown) => settle({ is: "failed", error }),
    )
  })
}

class OutcomeDeadline extends Deadline {
  readonly #expired: (stalled: boolean) => void

  constructor(expired: (stalled: boolean) => void) {
    super()
    this.#expired = expired
  }

  override expire(stalled: boolean): void {
    this.#expired(stalled)
  }
}
