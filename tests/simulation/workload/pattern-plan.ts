import type { Mix } from "../faults/mix.ts"
import { Dice } from "../world/dice.ts"
import type { OperationKind, OperationPlan } from "./plan.ts"

const changes: ReadonlySet<OperationKind> = new Set(["write", "write-nothing", "invalidate", "expire"])
const reads: ReadonlySet<OperationKind> = new Set(["get", "get-many", "peek", "lookup"])

/** What clients do by what keys look like. Dice of its own, so that the rest of a history is the same with and without. */
export function planPatterns(
  seed: number,
  { isHerd, patterns = 0, scans = 0 }: Mix,
  clients: readonly (readonly OperationPlan[])[],
): readonly (readonly OperationPlan[])[] {
  if (isHerd === true || patterns === 0) return clients
  const dice = new Dice(seed ^ 0x428a2f98)
  return clients.map((operations) =>
    operations.map((operation) => {
      const drawn = dice.float()
      if (changes.has(operation.kind) && drawn < patterns) return { ...operation, kind: "invalidate-pattern" }
      return reads.has(operation.kind) && drawn < scans ? { ...operation, kind: "scan" } : operation
    }),
  )
}
