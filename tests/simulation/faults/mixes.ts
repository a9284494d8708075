import type { CacheKind, OperationKind } from "../workload/plan.ts"
import { faultClasses, type FaultClass } from "./fault-classes.ts"

/** What may happen in the histories of one name. */
export interface Mix {
  readonly name: string
  /** How many faults of each class are expected in one history. */
  readonly faults: Readonly<Partial<Record<FaultClass, number>>>
  /** Share of the classes that are on in one history. */
  readonly share: number
  /** Share of the histories that have a cluster instead of one server. Default none. */
  readonly cluster?: number
  /** Undefined: all kinds. */
  readonly caches?: readonly CacheKind[]
  /** How far lagging loads are behind at most, if not as usual. */
  readonly lagMs?: number
  /** Share of operations that change something, against the usual. */
  readonly changes?: number
  /** Nearly everybody reads many keys at one time. */
  readonly isCrowded?: boolean
  /** What nobody does. */
  readonly without?: OperationKind
  /** Reading renews in each of them. */
  readonly slides?: boolean
  /** Everybody asks for the same at the same time, and nothing changes. */
  readonly isHerd?: boolean
}

const net = { delay: 3, "lost-request": 1, "lost-reply": 1, "late-reply": 2, stall: 1 } as const
const source = { "slow-load": 1, "failed-load": 0.7, "slow-write": 1, "failed-write": 0.7 } as const
const bus = { "bus-loss": 2, "bus-duplicate": 1, "bus-delay": 2 } as const
const state = { "restart-old": 0.2, "fail-over": 0.3, "split-brain": 0.2 } as const

const every: Readonly<Record<FaultClass, number>> = {
  ...net,
  ...source,
  ...bus,
  ...state,
  "slot-move": 1.5,
  misroute: 0.7,
  reset: 0.5,
  "half-open": 0.3,
  evict: 2,
  damage: 0.3,
  demotion: 0.2,
  flush: 0.3,
  "restart-empty": 0.3,
  refusal: 0.4,
  freeze: 0.4,
  "server-clock": 0.3,
  pause: 0.6,
  death: 0.25,
  skew: 0.4,
  "clock-jump": 0.4,
  "forgotten-lookup": 0.2,
}

/** The mixes by name. `all`: every class in every history. `some`: a random part of them, more often each. */
export const mixes: readonly Mix[] = [
  { name: "all", faults: every, share: 1, cluster: 0.1 },
  { name: "some", faults: scaled(every, 2), share: 0.35, cluster: 0.3 },
  { name: "none", faults: {}, share: 1 },
  { name: "herd", faults: {}, share: 1, isHerd: true, caches: ["plain", "versioned"] },
  { name: "waits", faults: {}, share: 1, without: "lookup", caches: ["plain", "versioned"] },
  { name: "slow-loads", faults: { "slow-load": 4 }, share: 1, without: "lookup", caches: ["plain"] },
  { name: "batches", faults: { "failed-load": 0.5 }, share: 1, caches: ["plain"], isCrowded: true },
  { name: "sliding", faults: { delay: 6, stall: 3 }, share: 1, changes: 2, caches: ["plain"], slides: true },
  {
    name: "late",
    faults: { "late-reply": 10, delay: 6, "bus-delay": 8, "bus-loss": 4, "slow-load": 3 },
    share: 1,
    changes: 2,
    caches: ["plain"],
  },
  { name: "network", faults: { ...scaled(net, 2), reset: 1, "half-open": 0.3 }, share: 1 },
  { name: "writers", faults: { ...net, ...scaled(source, 2) }, share: 1, changes: 2 },
  { name: "eviction", faults: { ...net, evict: 8, flush: 0.5 }, share: 1 },
  { name: "restart", faults: { ...net, "restart-empty": 1.5, reset: 1 }, share: 1 },
  { name: "cluster", faults: { ...net, "slot-move": 3, reset: 0.5, evict: 1, "half-open": 0.1 }, share: 1, cluster: 1 },
  { name: "fail-over", faults: { ...net, "fail-over": 1, "restart-old": 0.6, evict: 1 }, share: 1 },
  { name: "fail-over-writers", faults: { "fail-over": 1.5, "slow-write": 3 }, share: 1, changes: 3 },
  { name: "demotion", faults: { ...net, demotion: 1 }, share: 1 },
  { name: "split-brain", faults: { ...net, "split-brain": 1 }, share: 1 },
  { name: "refusal", faults: { ...net, refusal: 2, freeze: 1.5 }, share: 1 },
  { name: "processes", faults: { ...net, pause: 3, death: 0.7, "forgotten-lookup": 1 }, share: 1 },
  { name: "clocks", faults: { ...net, skew: 2, "clock-jump": 3, "server-clock": 2, pause: 1 }, share: 1 },
  { name: "bus", faults: { ...net, ...scaled(bus, 3), "half-open": 1 }, share: 1 },
  { name: "source", faults: { ...net, ...scaled(source, 2.5) }, share: 1 },
  { name: "damage", faults: { ...net, damage: 4 }, share: 1 },
  { name: "mix-up", faults: { misroute: 1, evict: 1 }, share: 1, without: "refresh" },
  { name: "misroute", faults: { ...net, misroute: 5 }, share: 1 },
  { name: "versions", faults: { ...net, ...source, evict: 2 }, share: 1, caches: ["versioned", "manual-versioned"] },
  { name: "forgotten-writers", faults: { evict: 14, "slow-write": 3 }, share: 1, changes: 3, caches: ["plain"] },
  { name: "puts", faults: { evict: 1 }, share: 1, caches: ["manual-versioned"], changes: 4 },
  { name: "forgetful", faults: { "forgotten-lookup": 4, death: 0.5 }, share: 1, caches: ["versioned"] },
  { name: "away", faults: { ...net, refusal: 4, freeze: 3, reset: 2 }, share: 1, changes: 2, caches: ["plain"] },
  { name: "moves", faults: { "slot-move": 6, "slow-load": 4 }, share: 1, cluster: 1, changes: 2 },
  { name: "losses", faults: scaled(net, 4), share: 1, caches: ["plain"] },
  { name: "undelivered", faults: { ...scaled(net, 3), reset: 2 }, share: 1, changes: 3 },
  { name: "long-lag", faults: { "forgotten-lookup": 4, death: 0.5 }, share: 1, caches: ["lagging"], lagMs: 3500 },
  { name: "lag", faults: { ...net, evict: 0.5, "slow-load": 2 }, share: 1, caches: ["lagging"] },
]

function scaled(
  faults: Readonly<Partial<Record<FaultClass, number>>>,
  factor: number,
): Readonly<Partial<Record<FaultClass, number>>> {
  return Object.fromEntries(Object.entries(faults).map(([name, count]) => [name, count * factor]))
}

/** Throws on an unknown name. */
export function mixNamed(name: string): Mix {
  const mix = mixes.find((each) => each.name === name)
  if (mix !== undefined) return mix
  const single = faultClasses.find((each) => each === name)
  if (single !== undefined) return { name, faults: { [single]: 2 }, share: 1, cluster: single === "slot-move" ? 1 : 0 }
  throw new Error(`there is no mix "${name}"; there are ${mixes.map((each) => each.name).join(", ")}, and each fault`)
}
