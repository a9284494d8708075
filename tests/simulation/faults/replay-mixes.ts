import { net, type Mix } from "./mix.ts"

const losses = { "fail-over": 1.5, "restart-old": 0.7 } as const

/** Two primaries, of which one loses what it has acknowledged. */
const ofOne = { ...net, ...losses, reset: 0.5 } as const
const inCluster = { share: 1, isLong: true, isCrowded: true, changes: 1.5, strict: 0, clears: 0.2, cluster: 1 } as const

/** Histories whose servers lose invalidations that they had acknowledged, and in which no ttl ends what comes back. */
export const replayMixes: readonly Mix[] = [
  {
    name: "replay",
    what: "acknowledged invalidations that are lost, and long ttls",
    faults: losses,
    share: 1,
    isLong: true,
    isCrowded: true,
    changes: 1.5,
    strict: 0,
    clears: 0,
  },
  {
    name: "replay-puts",
    what: "the same with all kinds of changes",
    faults: losses,
    share: 1,
    isLong: true,
    changes: 2,
    strict: 0,
    clears: 0,
    caches: ["versioned", "manual-versioned"],
  },
  {
    name: "replay-network",
    what: "the same over a bad network, with evictions and processes that pause and die",
    faults: { ...net, ...losses, evict: 2, pause: 0.7, death: 0.3, reset: 1 },
    share: 1,
    isLong: true,
    changes: 2,
  },
  {
    name: "replay-cluster",
    what: "the same of one of two primaries, which a replica elsewhere succeeds",
    faults: ofOne,
    ...inCluster,
  },
  {
    name: "replay-moves",
    what: "the same while slots move between the two",
    faults: { ...ofOne, "slot-move": 5 },
    ...inCluster,
    losesOnMoves: true,
  },
  {
    name: "replay-tags",
    what: "acknowledged invalidations of tags that are lost",
    faults: losses,
    share: 1,
    isLong: true,
    isCrowded: true,
    changes: 1.5,
    tags: 1,
    strict: 0,
    clears: 0,
  },
  {
    name: "clear",
    what: "caches that are cleared after every fail-over",
    faults: { ...net, ...losses, death: 0.5 },
    share: 1,
    isLong: true,
    isCrowded: true,
    changes: 1.5,
    clears: 1,
  },
]
