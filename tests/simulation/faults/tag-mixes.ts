import { net, type Mix } from "./mix.ts"

/** Histories in which entries carry tags, and many rows change at one time. */
export const tagMixes: readonly Mix[] = [
  {
    name: "tags",
    what: "tags: evictions of what they need, replies that come late and slow loads",
    faults: { evict: 6, flush: 0.3, "late-reply": 4, "slow-load": 2, "slow-write": 1 },
    isLong: true,
    share: 1,
    changes: 1.5,
    tags: 1,
  },
  {
    name: "tags-network",
    what: "tags, over a network that loses commands and breaks sockets",
    faults: { ...net, delay: 6, "lost-request": 2, "lost-reply": 2, reset: 1, evict: 1, "slow-load": 1 },
    isLong: true,
    share: 1,
    changes: 1.5,
    tags: 1,
  },
  {
    name: "tags-near",
    what: "tags in front of near caches: messages that come late, and connections that lose them",
    faults: { delay: 3, "late-reply": 6, "bus-delay": 4, "bus-loss": 3, "half-open": 1, evict: 1, pause: 0.5 },
    isLong: true,
    share: 1,
    caches: ["plain"],
    changes: 1.5,
    near: 1,
    tags: 1,
  },
  {
    name: "tags-cluster",
    what: "tags and their clock on two primaries whose slots move",
    faults: { ...net, "slot-move": 4, reset: 0.5, evict: 2, "restart-empty": 0.3 },
    isLong: true,
    share: 1,
    cluster: 1,
    changes: 1.5,
    tags: 1,
  },
  {
    name: "tags-fail-over",
    what: "tags, and servers that lose their latest state",
    faults: { ...net, "fail-over": 1, "restart-old": 0.6, "restart-empty": 0.4, evict: 2, "slow-load": 2 },
    share: 1,
    changes: 1.5,
    tags: 1,
  },
]
