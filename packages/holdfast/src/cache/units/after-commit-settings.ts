import { invalidOption, refuseUnknownOptions } from "../../errors/option-checks.ts"
import type { AfterCommitOptions, OnThrow, UnitDelivery, UnitWork } from "./unit.ts"

/** Options of `afterCommit` after checking. Neither function throws. */
export interface AfterCommitSettings {
  readonly onThrow: (error: unknown) => OnThrow
  readonly onDelivery: (delivery: UnitDelivery) => void
}

const knownOptions: Record<keyof AfterCommitOptions, true> = { onThrow: true, onDelivery: true }

/** Throws `INVALID_OPTION`. */
export function afterCommitSettings(work: UnitWork<unknown>, options: AfterCommitOptions): AfterCommitSettings {
  if (typeof work !== "function") throw invalidOption("work", "must be a function.")
  refuseUnknownOptions(options, knownOptions, "afterCommit")
  const { onThrow = "invalidate", onDelivery } = options
  if (onThrow !== "invalidate" && onThrow !== "drop" && typeof onThrow !== "function")
    throw invalidOption("onThrow", 'must be "invalidate", "drop" or a function.')
  if (onDelivery !== undefined && typeof onDelivery !== "function")
    throw invalidOption("onDelivery", "must be a function.")
  return {
    onThrow: (error) => chosen(onThrow, error),
    onDelivery: (delivery) => {
      try {
        onDelivery?.(delivery)
      } catch {
        // The change is committed: whoever is told of it may not fail the call.
      }
    },
  }
}

/** Who cannot say drops nothing. */
function chosen(onThrow: NonNullable<AfterCommitOptions["onThrow"]>, error: unknown): OnThrow {
  if (typeof onThrow !== "function") return onThrow
  try {
    return onThrow(error)
  } catch {
    return "invalidate"
  }
}
