import type { Mix } from "./mix.ts"

const tracked = { isLong: true, share: 1, caches: ["plain"], near: 1, tracking: 1, isCrowded: true } as const

/** Histories in which servers tell near caches of what others do. */
export const trackingMixes: readonly Mix[] = [
  {
    ...tracked,
    name: "tracking",
    what: "near caches that hear of what others do: removals by hand, evictions, connections that lose messages",
    faults: { evict: 8, flush: 0.4, "bus-delay": 3, "bus-loss": 2, "half-open": 1, "late-reply": 3 },
  },
  {
    ...tracked,
    name: "tracking-sockets",
    what: "the same, and sockets that break, some of them while tracking is asked for",
    faults: { evict: 8, reset: 4, "cut-off": 1, untracked: 2, "restart-whole": 1 },
  },
  {
    ...tracked,
    name: "tracking-tags",
    what: "the same with tags on two primaries whose slots move",
    faults: { evict: 8, "slot-move": 3, "bus-loss": 2 },
    cluster: 1,
    tags: 0.5,
  },
]
