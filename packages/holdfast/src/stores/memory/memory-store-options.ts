import type { Clock } from "../../contracts/clock.ts"
import type { Random } from "../../contracts/random.ts"
import type { Store } from "../../contracts/store.ts"

/** A store in this process. */
export interface MemoryStore extends Store {
  /** Removes what is kept under a key (of a value, a control record, a tag, its index or the tag clock), as running out of room does. For tests. */
  evict(key: string): void
}

/** How an in-process store is bounded, and whose time it keeps. */
export interface MemoryStoreOptions {
  /** Whose time ends entries, leases and windows. */
  readonly clock: Clock
  /** Names the eras of the tag clock. Default: the machine's randomness. */
  readonly random?: Random
  /** Bound on the entries, and on the tags. Default 100,000. The least recently used leave first. */
  readonly maxEntries?: number
  /** Bound on the bytes of all entries. Default 64 MiB. */
  readonly maxBytes?: number
}
