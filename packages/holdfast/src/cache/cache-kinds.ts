import type { CallOptions, InvalidateOptions } from "./cache-options.ts"
import type { CacheStatsSnapshot } from "./cache-stats.ts"
import type { Explanation } from "./explanation.ts"
import type { EntryReference } from "./groups/entry-reference.ts"
import type { Delivery } from "./invalidator.ts"
import type { Lookup } from "./lookup.ts"
import type { ManyWriter } from "./many-writer.ts"
import type { Sweepable } from "./sweeps/sweepable.ts"
import type { SourceWriter, Written } from "./writer.ts"

/** What every cache can do. All methods reject with `CLOSED` after `close()`, with `INVALID_KEY` for keys that cannot be encoded, and with `INVALID_GROUP`. */
export interface BaseCache<K, V> extends Sweepable {
  /** As given in its options. */
  readonly name: string
  /**
   * Answers only what the store holds now, fresh or within grace; never loads.
   * Undefined also when the store cannot be reached.
   */
  peek(key: K, options?: CallOptions): Promise<V | undefined>
  /** A hit, or a miss with a lease of your own to fill: cache-aside by hand, without the stale set. */
  lookup(key: K, options?: CallOptions): Promise<Lookup<V>>
  /**
   * Changes the source through `writer` and the cache with it. The writer returns the new value, or undefined to invalidate only.
   * Rejects with what the writer threw, after invalidating. Once delivered, no read that starts later returns an older value; in a
   * strict cache none that begins after the commit does, and the call rejects with `WINDOW_NOT_OPENED` before the writer is called if
   * the store cannot be told. A strict writer that throws leaves its key to be read from the source for the rest of its term. Rejects with
   * `INSIDE_TRANSACTION` in the work of an `afterCommit`, as all calls do that change what is cached.
   */
  write(key: K, writer: SourceWriter<V>, options?: CallOptions): Promise<Written<V>>
  /**
   * The same for several keys that are changed together, such as the rows of one transaction. The writer returns a Map of the new
   * values; a key that is not in it is invalidated only. Answers in the order of the keys. Rejects with `INVALID_WRITE_RESULT` besides.
   */
  writeMany(keys: readonly K[], writer: ManyWriter<K, V>, options?: CallOptions): Promise<Written<V>[]>
  /** Makes every read that starts later go to the source, in every process, once it answers `delivered: true`. */
  invalidate(key: K, options?: InvalidateOptions): Promise<Delivery>
  /**
   * Makes every entry of this cache a miss, by one small command, in every process; a load that has begun cannot bring an old value back.
   * The entries leave the store when their time has passed.
   */
  clear(options?: CallOptions): Promise<Delivery>
  /** Figures since this cache was made, in this process. */
  stats(): CacheStatsSnapshot
  /** What is known of one key, without its value. Rejects with the store's error if it cannot be asked. */
  explain(key: K, options?: CallOptions): Promise<Explanation>
}

/** A cache that reads through a loader. */
export interface ReadThroughCache<K, V> extends BaseCache<K, V> {
  /**
   * Reads through the cache; undefined means "not in the source".
   * Rejects with what the loader throws, `LOAD_TIMEOUT` or `LOAD_FAILED_ELSEWHERE`; never because the store is away.
   */
  get(key: K, options?: CallOptions): Promise<V | undefined>
  /**
   * Reads many keys, each as `get` does; answers in their order, undefined for what is not in the source. The misses are loaded by one
   * call of `loadMany`, if the cache has it. Rejects with a {@link BatchPartialError} if any key could not be read.
   */
  getMany(keys: readonly K[], options?: CallOptions): Promise<(V | undefined)[]>
  /** Names one of its entries, for `getTogether`, and says where it lies. Throws `INVALID_KEY` for keys that cannot be encoded, and `INVALID_GROUP`. */
  entry(key: K): EntryReference<V>
  /** Loads now, although an entry may be fresh, stores the result and answers it. */
  refresh(key: K, options?: CallOptions): Promise<V | undefined>
}

/** A cache whose values can be stored without a lease, because it has no loader or knows their versions. */
export interface PuttableCache<K, V> extends BaseCache<K, V> {
  /** Stores a value. With `version`: only if the store can prove it newer than what it knows, else it invalidates. */
  put(key: K, value: V, options?: CallOptions): Promise<Omit<Written<V>, "value">>
}
