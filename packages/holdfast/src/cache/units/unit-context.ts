import { AsyncLocalStorage } from "node:async_hooks"
import { HoldfastError } from "../../errors/holdfast-error.ts"

/** What a context is in, as long as it is open. */
export interface ContextUnit {
  readonly isOpen: boolean
  /** The unit that this one has joined. */
  readonly parent: ContextUnit | undefined
}

/** A call that changes what is cached at once, and so has no place inside a transaction. */
export type ChangingCall =
  | "invalidate"
  | "invalidateTags"
  | "invalidateGroup"
  | "invalidatePattern"
  | "clear"
  | "write"
  | "writeMany"
  | "put"
  | "publish"

const instead: Readonly<Record<ChangingCall, string>> = {
  invalidate: "Call `unit.invalidate`",
  invalidateTags: "Call `unit.invalidateTags`",
  invalidateGroup: "Call `unit.invalidateGroup`",
  invalidatePattern: "Call it after `afterCommit` has resolved",
  clear: "Call `unit.clear`",
  write: "Change the row in the transaction and call `unit.invalidate`",
  writeMany: "Change the rows in the transaction and call `unit.invalidateMany`",
  put: "Call `unit.invalidate`, or put after `afterCommit` has resolved",
  publish: "Call `unit.publish`",
}

/** What code runs in: a unit of one Holdfast, or out of it, within whatever the others had entered before. */
interface Frame {
  readonly context: object
  readonly unit: ContextUnit | undefined
  readonly outer: Frame | undefined
}

/** One for all, since Node up to 22 asks each at every promise that is made, and never forgets one. Made by the first unit. */
let frames: AsyncLocalStorage<Frame> | undefined

/**
 * Knows whether code runs inside the work of a unit. Nothing follows contexts before the first unit is entered, and reads never ask.
 */
export class UnitContext<U extends ContextUnit> {
  /** The innermost open unit; one that has ended leaves those that outlive it to the one it had joined. */
  current(): U | undefined {
    return firstOpen(this.#entered())
  }

  /** @param unit undefined: out of whatever it runs in */
  run<T>(unit: U | undefined, work: () => T): T {
    frames ??= new AsyncLocalStorage()
    return frames.run({ context: this, unit, outer: frames.getStore() }, work)
  }

  /** Runs what the unit only happened to start, such as a load that others may join. */
  outside<T>(work: () => T): T {
    return this.#entered() === undefined ? work() : this.run(undefined, work)
  }

  #entered(): U | undefined {
    let frame = frames?.getStore()
    while (frame !== undefined && frame.context !== this) frame = frame.outer
    return frame?.unit as U | undefined
  }

  /** Throws `INSIDE_TRANSACTION`. */
  assertOutside(call: ChangingCall): void {
    if (this.current() === undefined) return
    throw new HoldfastError(
      "INSIDE_TRANSACTION",
      `\`${call}\` was called in the work of \`afterCommit\`, before the commit. ${instead[call]}.`,
      { facts: { call } },
    )
  }
}

/** The unit itself, or the one that it has joined, if it has ended. */
export function firstOpen<U extends ContextUnit>(unit: U | undefined): U | undefined {
  let found = unit
  while (found !== undefined && !found.isOpen) found = found.parent as U | undefined
  return found
}
