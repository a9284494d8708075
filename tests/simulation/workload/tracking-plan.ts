import type { Mix } from "../faults/mix.ts"
import { Dice } from "../world/dice.ts"
import type { OperationKind, OperationPlan, Policy } from "./plan.ts"

const removed: ReadonlySet<OperationKind> = new Set([
  "write",
  "write-nothing",
  "invalidate",
  "expire",
  "lookup",
  "peek",
])
/** Share of these that are removals by hand. */
const share = 0.4

/** Whether servers tell of what others do. */
export function planTracking(seed: number, { tracking = 0 }: Mix, { nearMs }: Pick<Policy, "nearMs">): boolean {
  return nearMs !== undefined && new Dice(seed ^ 0x4b5c1d2f).chance(tracking)
}

/** Somebody removes entries by hand, where it is of use. */
export function planOutsiders(
  seed: number,
  isTracking: boolean,
  clients: readonly (readonly OperationPlan[])[],
): readonly (readonly OperationPlan[])[] {
  if (!isTracking) return clients
  const dice = new Dice(~seed ^ 0x4b5c1d2f)
  return clients.map((operations) =>
    operations.map((operation) =>
      removed.has(operation.kind) && dice.chance(share) ? { ...operation, kind: "remove-by-hand" } : operation,
    ),
  )
}
