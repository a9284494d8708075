import type { Clock } from "../../contracts/clock.ts"
import type { Random } from "../../contracts/random.ts"

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
