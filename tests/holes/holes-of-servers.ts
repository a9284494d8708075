import type { Holes } from "./hole.ts"

/** Holes that servers make by what they lose, and others by what they write there. */
export const holesOfServers = {
  H4: {
    hole: "A fail-over loses an invalidation that the old primary had not yet replicated",
    leases: "the invalidated value comes back as it was, and a hit asks for no lease.",
    is: "closed on request",
    here: 'the process that had invalidated it knows by a number that it left on the server what the new primary lacks, reads those keys and tags from the source from the first connection on, and tells it again ([G13](#what-is-promised-now)). In a strict cache what another run of the server has stored is a miss. With `afterFailover: "clear"` no process that was connected before reads any entry from before the loss.',
    rest: "in a leased cache the old value for other processes until it is told again, and if the process that had invalidated it has died, until ttl and grace end, unless caches are cleared; a late `put` over it lives for another ttl. The same for a slot's move that is taken back half-way: [finish it instead](guide/connections.md#clusters).",
    shown: {
      "holes/a-fail-over.test.ts": [
        "a strict cache does not answer with what the new primary has from the old one",
        "what comes back in a leased cache ends with the ttl that it had",
      ],
      "faults/lost-invalidations.test.ts": [
        "what a promoted replica knows of is not invalidated again",
        "where caches are cleared, nobody reads what a process that has died had invalidated",
      ],
      "faults/lost-with-sentinel.test.ts": [
        "behind sentinels, nobody reads what the lost primary alone knew to be invalidated: it is told again, or caches are cleared",
      ],
      "faults/lost-in-a-cluster.test.ts": [
        "in a cluster, what a promoted replica does not know of is invalidated again, or caches are cleared, and the other primaries are left alone",
      ],
    },
  },
  H5: {
    hole: "A fail-over meets a load or a write under way",
    leases: "the new primary has a copy of the lease, and would take the fill.",
    is: "bounded",
    here: "leases and windows belong to the connection on which they were granted, and to the run of its server: over another one nothing is stored.",
    rest: "split brain: while an old primary still takes writes, each side serves what it knows. `min-replicas-to-write` of the server bounds it; afterwards what a process had invalidated on the side that has lost is told again (H4), else ttl and grace.",
    shown: {
      "holes/a-fail-over.test.ts": ["a load whose connection was replaced is answered and not stored"],
    },
  },
  H6: {
    hole: "The server evicts a control record, a tag or the tag clock",
    leases: "what voids them is gone.",
    is: "bounded",
    here: "what is absent counts as void: a fill without its record is refused, a write invalidates, an entry whose tag is gone is a miss.",
    rest: "a tombstone that is evicted no longer refuses the row of a replica that lags.",
    shown: {
      "promises/losing-the-control-key-never-keeps-an-old-value.test.ts": [
        "a control record lost during a load and an invalidation leaves no old value",
        "a control record lost during a load and a write leaves no old value",
        "a control record lost during two writes leaves no old value",
        "a load whose control key was lost is answered and not stored",
      ],
      "holes/evicted-tags.test.ts": ["an entry whose tag or tag clock was evicted is a miss"],
    },
  },
  H18: {
    hole: "Store and source fail at the same time",
    leases: "nobody can be asked for one.",
    is: "bounded",
    here: "with `grace` and a near cache the copy is served that this process still holds, counted as `fencedStale`; none that it has changed or heard of, and none once the source has answered.",
    rest: "a copy that somebody else has changed meanwhile, until its ttl and grace end.",
    shown: {
      "holes/nothing-answers.test.ts": [
        "a copy is served while neither store nor source answers, and no longer than its ttl and grace",
      ],
    },
  },
  H20: {
    hole: "Somebody changes or deletes an entry in the store without Holdfast",
    leases: "near caches are not told.",
    is: "bounded",
    here: "[`tracking`](guide/near-cache.md#what-others-write): the server tells of every write, usually within milliseconds, without a proof.",
    rest: "without it, or where a message is lost: the copy in a near cache until its ttl ends.",
    shown: {
      "near/tracking.test.ts": ["what others write is seen, and what is read then is kept again"],
    },
  },
  H21: {
    hole: "Somebody with access to the store writes entries",
    leases: "they guard against races, not against people.",
    is: "bounded",
    here: "an entry names its key and is checked, so that a damaged one, or one that was copied to another key, is a miss. The rest is for the [access rules](guide/connections.md) of the server.",
    rest: "a well-formed entry under its own key is believed. Encryption is not built yet.",
    shown: {
      "faults/a-reply-meant-for-another-key-is-not-served.test.ts": [
        "an entry stored under another key is a miss, overwritten by its next fill, with one alarm per key and minute",
      ],
      "faults/unreadable-entries-are-misses.test.ts": [
        "an entry with any one bit flipped shows the stored value or nothing, never another",
      ],
    },
  },
} as const satisfies Holes
