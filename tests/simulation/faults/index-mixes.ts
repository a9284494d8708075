import { net, type Mix } from "./mix.ts"

const indexed = { isShort: true, share: 1, tags: 1, index: 1, caches: ["plain", "versioned"] } as const

/** Histories in which the store keeps which entries carry each tag. */
export const indexMixes: readonly Mix[] = [
  {
    ...indexed,
    name: "index",
    what: "indexes of tags: lists and the freeing of what is dead, over a network that is late and loses commands",
    faults: { ...net, delay: 6, "lost-request": 4, "slow-load": 2 },
    bulk: 0.4,
  },
  {
    ...indexed,
    name: "index-losses",
    what: "the same, where the store loses indexes, tags and their clock",
    faults: {
      evict: 14,
      "lost-index": 4,
      flush: 0.5,
      "restart-empty": 0.3,
      "restart-old": 0.5,
      "restart-whole": 0.5,
      "slow-load": 2,
    },
    changes: 0.5,
    bulk: 0.4,
  },
  {
    ...indexed,
    name: "index-cluster",
    what: "the same on two primaries whose slots move",
    faults: { ...net, "slot-move": 4, evict: 2 },
    cluster: 1,
    bulk: 0.4,
  },
]
