import { faultClasses, type FaultClass } from "./fault-classes.ts"
import { freshnessMixes } from "./freshness-mixes.ts"
import { net, type Mix } from "./mix.ts"
import { indexMixes } from "./index-mixes.ts"
import { nearMixes } from "./near-mixes.ts"
import { patternMixes } from "./pattern-mixes.ts"
import { replayMixes } from "./replay-mixes.ts"
import { strictMixes } from "./strict-mixes.ts"
import { tagMixes } from "./tag-mixes.ts"
import { trackingMixes } from "./tracking-mixes.ts"
import { unitMixes } from "./unit-mixes.ts"

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
  "cut-off": 0.3,
  "restart-whole": 0.15,
  "late-commit": 0.15,
  untracked: 0,
  "lost-index": 0,
}

/** The mixes by name. */
export const mixes: readonly Mix[] = [
  { name: "all", what: "every class of faults in every history", faults: every, share: 1, cluster: 0.1, units: 0.1 },
  {
    name: "some",
    what: "a random part of the classes, more often each",
    faults: scaled(every, 2),
    share: 0.35,
    cluster: 0.3,
    units: 0.1,
  },
  { name: "none", what: "no faults", faults: {}, share: 1 },
  {
    name: "herd",
    what: "no faults and no changes; everybody asks for the same at the same time",
    faults: {},
    share: 1,
    isHerd: true,
    caches: ["plain", "versioned"],
  },
  {
    name: "waits",
    what: "no faults and no lookups: no wait may come to its cap",
    faults: {},
    share: 1,
    without: "lookup",
    caches: ["plain", "versioned"],
  },
  {
    name: "slow-loads",
    what: "loads that take long, and nothing else",
    faults: { "slow-load": 4 },
    share: 1,
    without: "lookup",
    caches: ["plain"],
  },
  {
    name: "batches",
    what: "loads that fail, and nearly everybody reads many keys at one time",
    faults: { "failed-load": 0.5 },
    share: 1,
    caches: ["plain"],
    isCrowded: true,
  },
  {
    name: "sliding",
    what: "entries whose life reading renews, over a slow network",
    faults: { delay: 6, stall: 3 },
    share: 1,
    changes: 2,
    caches: ["plain"],
    slides: true,
  },
  ...nearMixes,
  ...tagMixes,
  ...unitMixes,
  ...freshnessMixes,
  ...strictMixes,
  ...replayMixes,
  ...patternMixes,
  ...indexMixes,
  ...trackingMixes,
  {
    name: "late",
    what: "replies and messages that come late, with many changes",
    faults: { "late-reply": 10, delay: 6, "bus-delay": 8, "bus-loss": 4, "slow-load": 3 },
    share: 1,
    changes: 2,
    caches: ["plain"],
  },
  {
    name: "network",
    what: "commands that are late or lost, sockets that break",
    faults: { ...scaled(net, 2), reset: 1, "half-open": 0.3 },
    share: 1,
  },
  {
    name: "writers",
    what: "many changes, and a source that is slow and fails",
    faults: { ...net, ...scaled(source, 2) },
    share: 1,
    changes: 2,
  },
  {
    name: "eviction",
    what: "entries and records that the server drops",
    faults: { ...net, evict: 8, flush: 0.5 },
    share: 1,
  },
  {
    name: "restart",
    what: "servers that come back empty",
    faults: { ...net, "restart-empty": 1.5, reset: 1 },
    share: 1,
  },
  {
    name: "cluster",
    what: "two primaries whose slots move",
    faults: { ...net, "slot-move": 3, reset: 0.5, evict: 1, "half-open": 0.1 },
    share: 1,
    cluster: 1,
  },
  {
    name: "fail-over",
    what: "servers that lose their latest state",
    faults: { ...net, "fail-over": 1, "restart-old": 0.6, evict: 1 },
    share: 1,
  },
  {
    name: "fail-over-writers",
    what: "the same in the middle of slow writes",
    faults: { "fail-over": 1.5, "slow-write": 3 },
    share: 1,
    changes: 3,
  },
  {
    name: "demotion",
    what: "a primary that becomes a replica and keeps its sockets",
    faults: { ...net, demotion: 1 },
    share: 1,
  },
  {
    name: "split-brain",
    what: "some processes still reach the former primary",
    faults: { ...net, "split-brain": 1 },
    share: 1,
  },
  { name: "refusal", what: "servers that refuse or freeze", faults: { ...net, refusal: 2, freeze: 1.5 }, share: 1 },
  {
    name: "processes",
    what: "processes that pause, die and forget lookups",
    faults: { ...net, pause: 3, death: 0.7, "forgotten-lookup": 1 },
    share: 1,
  },
  {
    name: "clocks",
    what: "wall clocks and server clocks that are wrong and jump",
    faults: { ...net, skew: 2, "clock-jump": 3, "server-clock": 2, pause: 1 },
    share: 1,
  },
  {
    name: "bus",
    what: "messages of invalidation that are lost, doubled or late",
    faults: { ...net, ...scaled(bus, 3), "half-open": 1 },
    share: 1,
  },
  { name: "source", what: "a source that is slow and fails", faults: { ...net, ...scaled(source, 2.5) }, share: 1 },
  { name: "damage", what: "entries whose bytes change", faults: { ...net, damage: 4 }, share: 1 },
  {
    name: "mix-up",
    what: "a single reply that goes to another request",
    faults: { misroute: 1, evict: 1 },
    share: 1,
    without: "refresh",
  },
  { name: "misroute", what: "many replies that go to other requests", faults: { ...net, misroute: 5 }, share: 1 },
  {
    name: "versions",
    what: "caches with versions",
    faults: { ...net, ...source, evict: 2 },
    share: 1,
    caches: ["versioned", "manual-versioned"],
  },
  {
    name: "forgotten-writers",
    what: "records that are dropped during slow writes",
    faults: { evict: 14, "slow-write": 3 },
    share: 1,
    changes: 3,
    caches: ["plain"],
  },
  { name: "puts", what: "many puts by hand", faults: { evict: 1 }, share: 1, caches: ["manual-versioned"], changes: 4 },
  {
    name: "forgetful",
    what: "lookups that are neither filled nor given back, and processes that die",
    faults: { "forgotten-lookup": 4, death: 0.5 },
    share: 1,
    caches: ["versioned"],
  },
  {
    name: "away",
    what: "a server that is away for long, and many changes",
    faults: { ...net, refusal: 4, freeze: 3, reset: 2 },
    share: 1,
    changes: 2,
    caches: ["plain"],
  },
  {
    name: "moves",
    what: "slots that move during slow loads",
    faults: { "slot-move": 6, "slow-load": 4 },
    share: 1,
    cluster: 1,
    changes: 2,
  },
  {
    name: "losses",
    what: "very many commands that are late or lost",
    faults: scaled(net, 4),
    share: 1,
    caches: ["plain"],
  },
  {
    name: "two-failures",
    what: "commands that are lost, and a source that fails at the same time",
    faults: { "lost-request": 20, "failed-load": 25 },
    share: 1,
    changes: 0.5,
    caches: ["plain"],
    near: 0,
  },
  {
    name: "undelivered",
    what: "invalidations that do not get through",
    faults: { ...scaled(net, 3), reset: 2 },
    share: 1,
    changes: 3,
  },
  {
    name: "long-lag",
    what: "loads from a replica that is far behind, and forgotten lookups",
    faults: { "forgotten-lookup": 4, death: 0.5 },
    share: 1,
    caches: ["lagging"],
    lagMs: 3500,
  },
  {
    name: "lag",
    what: "loads from a replica that is behind",
    faults: { ...net, evict: 0.5, "slow-load": 2 },
    share: 1,
    caches: ["lagging"],
  },
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
  if (single !== undefined)
    return { name, what: "one fault", faults: { [single]: 2 }, share: 1, cluster: single === "slot-move" ? 1 : 0 }
  throw new Error(`there is no mix "${name}"; there are ${mixes.map((each) => each.name).join(", ")}, and each fault`)
}
