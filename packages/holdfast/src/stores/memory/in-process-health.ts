import type { HealthFinding, NodeHealth } from "../../contracts/store.ts"

/** The state of an in-process store: nothing but having been closed can be wrong with it. */
export function inProcessHealth(closed: boolean): NodeHealth {
  const findings = closed ? [closedFinding] : []
  const pingMs = closed ? undefined : 0
  const kind = { node: "in-process", role: "primary", server: undefined, features: [], breaker: "closed" } as const
  return { ...kind, ok: !closed, pingMs, findings }
}

const closedFinding: HealthFinding = {
  severity: "error",
  id: "closed",
  reason: "The in-process store has been closed, and answers nothing any more.",
}
