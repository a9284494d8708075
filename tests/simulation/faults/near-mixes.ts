import type { Mix } from "./mix.ts"

/** Histories in which every process has near caches. */
export const nearMixes: readonly Mix[] = [
  {
    name: "near",
    what: "near caches: messages that come late, connections that lose them, and many changes",
    faults: { delay: 3, "bus-delay": 3, "bus-loss": 3, "half-open": 2, evict: 1, pause: 0.5 },
    share: 1,
    changes: 1.5,
    near: 1,
  },
  {
    name: "near-away",
    what: "near caches in processes that reach no server for a while, and a source that is slow and fails",
    faults: { "cut-off": 4, refusal: 2, freeze: 1, "lost-request": 2, "slow-load": 2, "failed-load": 20 },
    share: 1,
    tags: 0.25,
    changes: 0.8,
    caches: ["plain"],
    near: 1,
  },
  {
    name: "near-late",
    what: "near caches, and replies that come later than the news of changes",
    faults: { "late-reply": 20 },
    isLong: true,
    share: 1,
    changes: 2,
    caches: ["plain"],
    near: 1,
  },
  {
    name: "near-moves",
    what: "near caches in front of two primaries whose slots move",
    faults: { "slot-move": 5, "bus-loss": 6, "half-open": 1.5 },
    isLong: true,
    caches: ["plain"],
    share: 1,
    cluster: 1,
    changes: 1.5,
    near: 1,
  },
]
