import { net, type Mix } from "./mix.ts"

const slow = { "slow-write": 8, "slow-load": 3 } as const

/** Histories in which every cache is strict. */
export const strictMixes: readonly Mix[] = [
  {
    name: "strict",
    what: "strict caches: slow writers, deaths and pauses in the middle of writes",
    faults: { ...net, ...slow, "failed-write": 2, pause: 2, death: 0.6 },
    share: 1,
    isLong: true,
    changes: 0.8,
    strict: 1,
  },
  {
    name: "strict-crowd",
    what: "strict caches that are read all the time while slow writers change them",
    faults: { ...slow, death: 0.5 },
    share: 1,
    isLong: true,
    isCrowded: true,
    caches: ["plain"],
    strict: 1,
  },
  {
    name: "strict-loss",
    what: "strict caches whose records are evicted, flushed and rolled back by fail-overs and restarts",
    faults: { ...slow, evict: 10, flush: 1, "restart-empty": 0.7, "restart-old": 0.7, "fail-over": 2, death: 0.3 },
    share: 1,
    isLong: true,
    isCrowded: true,
    caches: ["plain"],
    strict: 1,
  },
  {
    name: "strict-writers",
    what: "strict caches with many slow writers, whose records are evicted",
    faults: { "slow-write": 14, evict: 16, death: 0.5 },
    share: 1,
    isLong: true,
    changes: 2.5,
    caches: ["plain"],
    strict: 1,
  },
  {
    name: "strict-rollback",
    what: "strict caches whose store goes back to what it was a while ago",
    faults: { "restart-old": 1, "fail-over": 1, "slow-write": 2 },
    share: 1,
    isLong: true,
    isCrowded: true,
    caches: ["plain"],
    strict: 1,
  },
  {
    name: "strict-moves",
    what: "strict caches in front of two primaries whose slots move",
    faults: { ...net, ...slow, "slot-move": 5 },
    share: 1,
    isLong: true,
    cluster: 1,
    changes: 0.8,
    strict: 1,
  },
]
