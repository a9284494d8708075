import type { NearHit } from "./near-tier.ts"

/** What can say whether its server is away: an address of an entry or of a tag. */
export interface Located {
  readonly slot: number
}

/** A value that the source has answered while the store was away. */
export interface OutageEntry<V> {
  /** Undefined: "not in the source". */
  readonly value: V | undefined
  /** Monotonic time in milliseconds at which its load began: what was committed before, it has seen. */
  readonly startedMs: number
  /** How long it would be fresh, in milliseconds. */
  readonly lifeMs: number
  /** What it counts against the budget in bytes. */
  readonly bytes: number
}

/** Permission to keep what is loaded from now on, void as soon as the key is known to have changed. Each is to be ended. */
export interface OutageMarker {
  readonly key: string
}

/**
 * What was loaded while the store was away, and may be served for a moment: at most a second and `maxStaleness` from the beginning of
 * its load, and not once its server has answered again.
 */
export interface OutageCache<V> {
  readonly size: number
  /** @param key value key */
  find(key: string): NearHit<V> | undefined
  /**
   * Call it before the load begins; undefined unless one of the servers is away.
   *
   * @param key value key
   * @param needed what a read of it needs from the store
   */
  mark(key: string, needed: readonly Located[]): OutageMarker | undefined
  /** Keeps a value, unless its key has changed or the outage is over since. */
  keep(marker: OutageMarker, entry: OutageEntry<V>): void
  /** Forgets a marker, used or not. */
  end(marker: OutageMarker): void
  /** The key has changed, or is about to: drops its value and voids its markers. */
  drop(key: string): void
  /** The same for all keys. */
  clear(): void
}
