import { net, type Mix } from "./mix.ts"

/** A network on which what opens a window comes late, or not at all. */
const late = { ...net, delay: 8, "lost-request": 4, stall: 2 } as const

/** Everybody reads the same few keys of strict caches, and transactions change them. */
const strictCrowd = {
  share: 1,
  isCrowded: true,
  isLong: true,
  caches: ["plain"],
  changes: 1.5,
  strict: 1,
  units: 1,
} as const

/** Histories in which most changes are transactions of `afterCommit`. */
export const unitMixes: readonly Mix[] = [
  {
    name: "units",
    what: "transactions that are slow, fail before and after their commit, and are nested",
    faults: { ...net, "slow-write": 6, "slow-load": 4, "failed-write": 5, evict: 2, pause: 1, death: 0.3 },
    share: 1,
    changes: 1.2,
    isLong: true,
    strict: 0,
    units: 1,
  },
  {
    name: "units-crowd",
    what: "slow transactions on rows that are read all the time",
    faults: { "slow-write": 8, "slow-load": 3, "failed-write": 5 },
    share: 1,
    isCrowded: true,
    isLong: true,
    caches: ["plain"],
    changes: 1.5,
    strict: 0,
    units: 1,
  },
  {
    name: "units-near",
    what: "transactions, near caches and tags",
    faults: { delay: 2, "bus-loss": 2, "bus-delay": 2, "slow-write": 3, "failed-write": 2 },
    share: 1,
    near: 1,
    tags: 0.3,
    strict: 0,
    units: 1,
  },
  {
    name: "units-strict",
    what: "transactions on strict caches: slow, failing, with commits that come after the error, in processes that die",
    faults: { ...late, "slow-write": 6, "slow-load": 3, "failed-write": 6, evict: 3, death: 0.4, "fail-over": 0.3 },
    ...strictCrowd,
  },
  {
    name: "units-late-opens",
    what: "transactions on strict caches that are read all the time, whose opens come late or get lost",
    faults: { delay: 14, "lost-request": 8, "slow-write": 14 },
    ...strictCrowd,
  },
  {
    name: "units-late-commits",
    what: "transactions on strict caches that are read all the time, of which many commit after they have failed",
    faults: { "failed-write": 14, "slow-load": 4 },
    ...strictCrowd,
  },
]
