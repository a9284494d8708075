import type { Publisher } from "../../contracts/publisher.ts"
import type { BaseCache } from "../cache-kinds.ts"
import type { CallOptions, InvalidateOptions } from "../cache-options.ts"
import type { WriteContext } from "../write-window.ts"

/** How a key is invalidated after the commit. */
export type UnitInvalidateOptions = Omit<InvalidateOptions, keyof CallOptions>

/**
 * What belongs to one transaction: collects what is to be invalidated and published, and sends it when the work of `afterCommit` has
 * resolved. All methods check what they are given at once, and throw `UNIT_ENDED` once the work has ended.
 */
export interface Unit {
  /**
   * Invalidates this key after the commit. In a strict cache it also opens the key's window at once: await `opened()` before the
   * transaction commits. Throws `INVALID_KEY`, `INVALID_GROUP`, `INVALID_OPTION` or `INVALID_VERSION`.
   */
  invalidate<K, V>(cache: BaseCache<K, V>, key: NoInfer<K>, options?: UnitInvalidateOptions): void
  /** The same for many keys. */
  invalidateMany<K, V>(cache: BaseCache<K, V>, keys: readonly NoInfer<K>[], options?: UnitInvalidateOptions): void
  /** Invalidates these tags after the commit. Throws `INVALID_TAG`. */
  invalidateTags(tags: readonly string[]): void
  /** Invalidates this group after the commit. Throws `INVALID_GROUP` for what cannot be a group. */
  invalidateGroup(group: string): void
  /** Clears the cache after the commit. */
  clear<K, V>(cache: BaseCache<K, V>): void
  /**
   * Publishes the event once all has been invalidated; not at all if the work throws. The payload is that of this moment: one that cannot
   * be encoded or is too large is refused here, if the publisher has `prepare`, as those of `holdfast.event` have. Throws `INVALID_OPTION` for
   * what has no `publish`, `EVENT_TOO_LARGE` and `VALUE_NOT_ENCODABLE`.
   */
  publish<T>(event: Publisher<T>, payload: NoInfer<T>): void
  /**
   * Resolves once the windows of all keys of strict caches that were named so far are open, with what a writer of a strict cache is told;
   * at once if there are none. Rejects with `WINDOW_NOT_OPENED` if the store cannot be told: then do not commit.
   */
  opened(): Promise<WriteContext>
}

/** Runs a transaction to its end, and names to the unit what it changes. */
export type UnitWork<T> = (unit: Unit) => Promise<T> | T

/** What becomes of keys, tags and caches that were named in work that has thrown. */
export type OnThrow = "invalidate" | "drop"

/** Options of `afterCommit`. */
export interface AfterCommitOptions {
  /**
   * What happens to keys, tags and caches that were named if the work throws. `invalidate`: they are invalidated all the same, because an
   * error does not tell that nothing was committed, and windows of strict keys stay open until their term has passed. `drop`: nothing is
   * invalidated; only for errors after which nothing is committed for sure. A function is asked with the error. Default `invalidate`.
   */
  readonly onThrow?: OnThrow | ((error: unknown) => OnThrow)
  /** Called once when all has been sent, just before `afterCommit` ends. What it throws is swallowed. */
  readonly onDelivery?: (delivery: UnitDelivery) => void
}

/** What became of what a unit has collected. */
export interface UnitDelivery {
  /** Whether the store knows of all that was invalidated; false: the rest is journalled and will be told later, or an error says that it is lost. */
  readonly delivered: boolean
  /** What could neither be delivered nor journalled, what could not be published, and strict keys whose window was not awaited or was lost before the work resolved. */
  readonly errors: readonly unknown[]
}
