import type { Mix } from "../faults/mix.ts"
import { Dice } from "../world/dice.ts"
import type { OperationKind, OperationPlan, Policy } from "./plan.ts"

/** What a strict cache does not have, or does only as a write. */
const asWrite: Partial<Record<OperationKind, OperationKind>> = {
  invalidate: "write-nothing",
  expire: "write-nothing",
  put: "write",
  "invalidate-tags": "write",
  "invalidate-group": "write",
  clear: "write",
}

/** Dice of its own, so that the rest of a history is the same with and without. */
export function planStrictMs(seed: number, mix: Mix): number | undefined {
  const isOfOthers = mix.near !== undefined || mix.tags !== undefined || mix.patterns !== undefined
  const { isHerd, strict = isOfOthers ? 0 : 0.06 } = mix
  const dice = new Dice(seed ^ 0x71b5a3c9)
  return isHerd !== true && dice.chance(strict) ? Math.round(dice.between(150, 500)) : undefined
}

/** The policy of a strict cache: what would be stale there, or be read from behind, is not. */
export function strictPolicy(policy: Policy, strictMs: number): Policy {
  const kind = policy.kind === "lagging" ? "versioned" : policy.kind
  const without = {
    negativeTtlMs: undefined,
    nearMs: undefined,
    tracking: false,
    tags: false,
    groups: false,
    index: false,
    softMs: undefined,
    unchanged: false,
  }
  return { ...policy, ...without, kind, strictMs, graceMs: 0, lagMs: 0 }
}

/** All changes go through windows. */
export function strictOperations(clients: readonly (readonly OperationPlan[])[]): OperationPlan[][] {
  return clients.map((operations) =>
    operations.map((operation) => ({ ...operation, kind: asWrite[operation.kind] ?? operation.kind })),
  )
}
