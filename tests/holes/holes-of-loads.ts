import type { Holes } from "./hole.ts"

/** Holes in what a load reads, and in what its value is made of. */
export const holesOfLoads = {
  H3: {
    hole: "A load reads a replica that lags",
    leases: "the lease is valid; it is the row that is old.",
    is: "bounded",
    here: "with `version` a load is refused that is older than the stored value, or than what was invalidated within `maxReplicaLag`.",
    rest: "without versions, or with a replica that lags for longer, the old row until ttl and grace end. So it is if `invalidate` is not told the new version.",
    shown: {
      "holes/rows-of-a-replica.test.ts": [
        "a row that is older than what was invalidated is not stored while the replica may lag",
        "without a version it is stored, and ends with its ttl",
      ],
    },
  },
  H10: {
    hole: "A load takes longer than its lease",
    leases: "the next reader gets a lease of its own.",
    is: "closed",
    here: "a lease is prolonged while its load runs; a fill whose lease is over is refused.",
    rest: "a second load.",
    shown: {
      "promises/a-paused-lease-holder-cannot-fill.test.ts": [
        "a process stopped in its load past its lease, and resumed, does not replace what was filled meanwhile",
        "a process stopped past its lease cannot fill under the lease that another process holds by then",
      ],
    },
  },
  H12: {
    hole: "A version goes backwards: a wall clock, `xmin`, a table that was restored",
    leases: "they know no versions: without these, the newer row would be stored.",
    is: "bounded",
    here: "what looks older is not stored, and reads go to the source. A Date is refused as a version.",
    rest: "loads that are not stored, for `maxReplicaLag` after the change; a value that is in the store already stays until its ttl ends or it is invalidated.",
    shown: {
      "holes/versions-that-go-back.test.ts": [
        "after a write whose version goes back, reads go to the source until the tombstone ends",
      ],
    },
  },
  H13: {
    hole: "A log position is taken for the moment of a read",
    leases: "they compare no positions.",
    is: "not built yet",
    here: "nothing compares log positions: `version` compares what the row carries.",
    rest: "nothing now. Change capture will have to prove that the snapshot of a load saw the change.",
    shown: {},
  },
  H14: {
    hole: "A list or a sum is made of many rows",
    leases: "a lease is for one key, and the changed row has another one.",
    is: "bounded",
    here: "`tags`: whoever changes a row invalidates the tag of what it is part of, and that voids entries and loads under way.",
    rest: "a change whose writer does not invalidate the tag: ttl and grace. Every change of one row voids all that carry its tag.",
    shown: {
      "holes/what-is-made-of-many-rows.test.ts": [
        "a list and a load of it under way are void as soon as the tag of a row is invalidated",
      ],
    },
  },
  H15: {
    hole: "A ttl bounds for how long a value is kept, not how old it was when it was loaded",
    leases: "they know when a load began, not how old its row was.",
    is: "bounded",
    here: "what a read answers is at most as old as the source was behind, plus ttl and grace.",
    rest: "the lag of the source itself. With `version` a load is refused that is older than what is known.",
    shown: {
      "holes/rows-of-a-replica.test.ts": ["what is answered is no older than the replica lags, plus the ttl"],
    },
  },
} as const satisfies Holes
