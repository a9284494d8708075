import type { Holes } from "./hole.ts"

/** Holes between a change of the source and the moment at which the store knows of it. */
export const holesOfWriters = {
  H1: {
    hole: "A process commits and ends before it tells the cache",
    leases: "nobody drops the old value, so no lease is asked for.",
    is: "closed on request",
    here: 'with `consistency: "strict"` the window is opened before the commit; it bars the old value until the writer has closed it, or until its term has passed. In a leased cache the old value ends with ttl and grace.',
    rest: "in a leased cache, the old value for all processes until then. An outbox is not built yet.",
    shown: {
      "promises/a-killed-strict-writer-leaves-nothing-old.test.ts": [
        "a strict writer that is killed at any point leaves no read that is older than what was committed",
        "a leased writer that is killed may leave the old value of the change that it was killed in, until the ttl ends, and no other",
      ],
      "holes/nobody-tells.test.ts": ["what a leased writer that died leaves ends with its ttl and grace"],
    },
  },
  H2: {
    hole: "The store is away when it should be told",
    leases: "the command does not arrive, so what was granted stays valid.",
    is: "bounded",
    here: "the answer is `delivered: false`; the process keeps a journal, reads the key from the source until the store has been told, and tells it as soon as it answers. A strict write is refused before its writer is called.",
    rest: "other processes may serve the old value until the journal is through; if this process ends first, until ttl and grace end. `close` tries once more to deliver it.",
    shown: {
      "holes/the-store-is-away.test.ts": [
        "the journal tells the store when it is back, and until then this process reads the source",
        "what a process could not deliver before it ended is over with ttl and grace",
        "a strict write is refused before its writer is called",
      ],
    },
  },
  H7: {
    hole: "Somebody changes the source without telling the cache",
    leases: "no key is named, so none is invalidated.",
    is: "not built yet",
    here: "change capture is not built yet. After a change of many rows call `invalidatePattern`, `invalidateTags` or `clear`; what nobody tells ends with ttl and grace.",
    rest: "the old value until then. What is derived from a row needs to know its keys or tags.",
    shown: {
      "holes/nobody-tells.test.ts": ["a change that nobody tells is seen when ttl and grace have ended"],
    },
  },
  H8: {
    hole: "The key is invalidated before the commit, or inside the transaction",
    leases: "a load that begins after the invalidation gets a valid lease, and reads the old row.",
    is: "closed on request",
    here: "`write` and `writeMany`: the writer commits inside the window, and its close drops what was stored meanwhile and voids every load under way. In a strict cache nothing is stored meanwhile. [`afterCommit`](guide/transactions.md) sends what is named inside a transaction once it has committed, and there a direct `invalidate` is refused with `INSIDE_TRANSACTION`.",
    rest: "outside of `afterCommit` an `invalidate` that is called too early leaves the old row until ttl and grace end.",
    shown: {
      "holes/before-the-commit.test.ts": [
        "a row from before the commit, stored inside a write or still being loaded, is not kept after it",
        "what is named inside a transaction is invalidated after its commit, and a direct invalidation is refused there",
        "an invalidation before the commit leaves the old row until its ttl ends",
      ],
    },
  },
  H11: {
    hole: "A transaction takes longer than its window",
    leases: "the window is over, so a load gets a lease and stores the row from before the commit.",
    is: "bounded",
    here: "a window is prolonged while its process runs, a strict one for ten terms, and the close of one that is gone invalidates. In a strict cache `deadline.require` refuses what cannot end in time, and `signal` is aborted.",
    rest: "a process that is stopped in its write for longer than the window, and whose source does not end the transaction by itself: the old value from the commit to the close. Give the transaction a timeout below `windowTerm`.",
    shown: {
      "promises/a-paused-strict-writer-leaves-nothing-old.test.ts": [
        "a strict writer that was stopped before its commit past its window is told so, and commits nothing",
        "a strict writer that was stopped after its commit past its window leaves no read of what was before it, and stores nothing",
      ],
      "promises/a-paused-lease-holder-cannot-fill.test.ts": [
        "a process stopped in its write past its window, and resumed, does not store its value over a newer one",
      ],
      "holes/long-transactions.test.ts": [
        "a strict window is prolonged for ten terms while its process runs, for a writer that takes longer than its term",
        "a strict writer whose term has passed is told so, and what it commits all the same is seen from its close on",
      ],
    },
  },
  H19: {
    hole: "Two writers of one key overlap",
    leases: "neither is a load, and the store cannot know which committed last.",
    is: "closed",
    here: "neither value is stored; the next read loads.",
    rest: "nothing.",
    shown: {
      "promises/overlapping-writers-leave-no-old-value.test.ts": [
        "two writers in two processes, in every order of opening, committing and closing",
      ],
    },
  },
} as const satisfies Holes
