/** Everything that can go wrong in a history, by name. */
export const faultClasses = [
  "delay",
  "lost-request",
  "lost-reply",
  "late-reply",
  "stall",
  "misroute",
  "bus-loss",
  "bus-duplicate",
  "bus-delay",
  "reset",
  "half-open",
  "evict",
  "damage",
  "flush",
  "restart-empty",
  "restart-old",
  "fail-over",
  "split-brain",
  "demotion",
  "slot-move",
  "refusal",
  "freeze",
  "server-clock",
  "pause",
  "death",
  "skew",
  "clock-jump",
  "slow-load",
  "failed-load",
  "slow-write",
  "failed-write",
  "forgotten-lookup",
  "cut-off",
  "restart-whole",
  "late-commit",
  "untracked",
  "lost-index",
] as const

export type FaultClass = (typeof faultClasses)[number]

/** One fault of a plan. `a` and `b` in [0, 1) say how it goes. */
export interface FaultPlan {
  readonly id: number
  readonly is: FaultClass
  readonly atMs: number
  /** Whom it befalls, where it befalls one process. */
  readonly process: number
  readonly a: number
  readonly b: number
}

/** After these the store may show what was invalidated before, until ttl and grace have passed. */
export const losesState: ReadonlySet<FaultClass> = new Set(["restart-old", "fail-over", "split-brain"])

/** What was not there from the beginning has dice of its own, so that the rest of a history is the same with and without. */
export const isLater: ReadonlySet<FaultClass> = new Set(["restart-whole", "late-commit", "untracked", "lost-index"])

/** Befall one message each. */
export const messageFaultClasses: ReadonlySet<FaultClass> = new Set([
  "delay",
  "lost-request",
  "lost-reply",
  "late-reply",
  "stall",
  "misroute",
])

/** Befall one connection each that asks for tracking. */
export const trackingFaultClasses: ReadonlySet<FaultClass> = new Set(["untracked"])

/** Befall one page of a list of a tag each. */
export const pageFaultClasses: ReadonlySet<FaultClass> = new Set(["lost-index"])

/** Befall one message of the bus each. */
export const busFaultClasses: ReadonlySet<FaultClass> = new Set(["bus-loss", "bus-duplicate", "bus-delay"])

/** Befall one call of the source each. */
export const sourceFaultClasses: ReadonlySet<FaultClass> = new Set([
  "slow-load",
  "failed-load",
  "slow-write",
  "failed-write",
  "late-commit",
  "forgotten-lookup",
])
