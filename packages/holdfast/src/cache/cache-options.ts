import type { Codec } from "../contracts/codec.ts"
import type { InvalidationRule } from "../contracts/domain-event.ts"
import type { Duration, Share } from "../policy/duration.ts"
import type { Unchanged } from "./unchanged.ts"

/** What a loader is told besides its key. */
export interface LoadContext {
  /** Aborted at the hard load timeout, and when nobody waits for this load any more. */
  readonly signal: AbortSignal
  /** The key in the store, for logs of your own. It may hold user data. */
  readonly key: string
  /** The value that this load replaces, if one past its ttl is still held; not typed, so that V infers from the result. */
  readonly previous: unknown
  /** `miss`: nothing was usable. `stale`, `early`: a background refresh, past the ttl or before it. `refresh`: asked for by `refresh()`. */
  readonly reason: LoadReason
  /** What becomes of the value once it is loaded. */
  readonly entry: LoadedEntry
}

/**
 * The entry that a loaded value becomes. A loader may call these methods until it ends; of several calls the last one counts, but for
 * `tags`, which adds up. Later calls throw `ENTRY_NOT_LOADING`.
 */
export interface LoadedEntry {
  /**
   * How long this value is fresh, or this absence is remembered, instead of the cache's `ttl` and `negativeTtl`, which also holds where
   * absences are not remembered. The cache's jitter shortens it, and its grace follows. Throws `INVALID_DURATION`.
   */
  ttl(duration: Duration): void
  /** Tags of this entry besides those of the cache's option `tags`, also of an absence. Throws `INVALID_TAG`. */
  tags(...names: string[]): void
  /** The value is served and not stored: the next read loads again. */
  skip(): void
  /**
   * To be answered in place of a value: the `previous` one still holds. Its entry lives on for another ttl without being stored again.
   * Throws `NO_PREVIOUS_VALUE` if there is none.
   */
  unchanged(): Unchanged
}

/** What `loadMany` is told besides its keys. */
export interface LoadManyContext<K> {
  /** Aborted at the hard load timeout, and when nobody waits for any of the keys any more. */
  readonly signal: AbortSignal
  /** The values that this load replaces, of those keys of which one past its ttl is still held. */
  readonly previous: ReadonlyMap<K, unknown>
  /** As of {@link LoadContext.reason}, and the same for all keys of a call. */
  readonly reason: LoadReason
  /** As of {@link LoadContext.entry}, for a key of this call; throws `ENTRY_NOT_LOADING` for any other. */
  entry(this: void, key: K): LoadedEntry
}

/** Why a loader is called; see {@link LoadContext.reason}. */
export type LoadReason = "miss" | "stale" | "early" | "refresh"

/** What a loader answers. `undefined` and `null` both mean "not in the source". */
export type LoaderAnswer<V> = V | undefined | null | Unchanged

/** Reads one value from the source. What it throws reaches this process's callers unchanged. */
export type Loader<K, V> = (key: K, context: LoadContext) => Promise<LoaderAnswer<V>> | LoaderAnswer<V>

/**
 * Reads many values from the source at once. A key that is not in the answer, or whose value is `undefined` or `null`, is not in the
 * source. An entry of a key that was not asked for is ignored; two values for one key are refused.
 */
export type ManyLoader<K, V> = (
  keys: readonly K[],
  context: LoadManyContext<K>,
) => Promise<ReadonlyMap<K, LoaderAnswer<V>>> | ReadonlyMap<K, LoaderAnswer<V>>

/**
 * The same with rows in any order, each of which tells its key by `keyOf`. They have no place for what is unchanged: there it is enough
 * to call `entry(key).unchanged()`, and a row of that key overrules it.
 */
export type RowsLoader<K, V> = (
  keys: readonly K[],
  context: LoadManyContext<K>,
) => Promise<readonly (V | undefined | null)[]> | readonly (V | undefined | null)[]

/** Whether the loads of single reads are gathered. `maxSize`: keys of one call of `loadMany` at most, also for `getMany`. */
export type Batching = boolean | { readonly maxSize?: number }

/** How the misses of a `getMany` are loaded. K and V are those of `load`. */
export type ManyLoading<K, V> =
  | {
      /** Reads the misses of a `getMany` by one call. Default: `load` is called for each. */
      readonly loadMany?: ManyLoader<NoInfer<K>, NoInfer<V>>
      /** Absent: `loadMany` answers a Map. */
      readonly keyOf?: undefined
      /** Loads the misses of the `get` calls of one turn by one `loadMany`, too. Default: each is loaded by `load`. */
      readonly batch?: Batching
    }
  | {
      /** Reads the misses of a `getMany` by one call, which answers rows in any order. */
      readonly loadMany: RowsLoader<NoInfer<K>, NoInfer<V>>
      /** The key of a row. Its type says K twice, so that the compiler takes an array literal for the tuple that it is. */
      readonly keyOf: (value: NoInfer<V>) => NoInfer<K> | (NoInfer<K> & readonly [])
      /** Loads the misses of the `get` calls of one turn by one `loadMany`, too. Default: each is loaded by `load`. */
      readonly batch?: Batching
    }

/** A per-row version from the source: monotonic, compared only for greater-than (R5). */
export type Version = bigint | number | string

/** Options that need no loader; presets are made of them. */
export interface EntryPolicy {
  /** How long an entry is fresh. A bare number is refused. */
  readonly ttl: Duration
  /** How long after its ttl an entry may still be served while it is refreshed or while the source fails. Default: none. */
  readonly grace?: Duration
  /** How long "not in the source" is remembered; `false` stores none. Default 30s, at most the ttl. */
  readonly negativeTtl?: Duration | false
  /** Each entry's ttl is shortened by a random share up to this, so that entries stored together do not end together. Default 10%. */
  readonly jitter?: Share
  /**
   * A read that finds an entry this long before its end refreshes it in the background: a length of time shorter than the ttl (at most
   * half of a shorter entry's own), or a share of the entry's ttl or of the cache's, if that is shorter. Only with `load`. Default: off.
   */
  readonly refreshAhead?: Duration | Share
  /**
   * A read that finds a fresh entry refreshes it in the background by chance (XFetch): t before its end with probability
   * e^(-t / (beta * load cost)), by the cost that was measured when it was loaded. `beta` is 1 unless given. Only with `load`. Default: off.
   */
  readonly earlyRefresh?: boolean | { readonly beta?: number }
  /** Reading a fresh entry renews its ttl, until `absoluteTtl` after it was stored. Not together with an early refresh. Default: off. */
  readonly sliding?: { readonly absoluteTtl: Duration }
  /**
   * `hard`: the loader is aborted, and its callers fail, after this. Default 30s. `soft`, with `grace`: whoever waits although an entry
   * within its grace was found is served that after this, and the load goes on. Default: none. A duration alone is the hard one.
   */
  readonly loadTimeout?: Duration | { readonly soft?: Duration; readonly hard?: Duration }
  /**
   * The near cache: entries kept in this process and served from there while it is proved that at most `maxStaleness` has passed since
   * any change that was not heard. `false`: none, and every read asks the store. Default: 10,000 entries, 2s, frozen.
   */
  readonly local?: LocalOptions | false
}

/** How the near cache is bounded. */
export interface LocalOptions {
  /** Entries at most. Default 10,000. */
  readonly maxEntries?: number
  /** Bytes at most, counted as the entries' sizes in the store. Default 64 MiB. */
  readonly maxBytes?: number
  /** How long after a change in another process an older value may be served from here at most. At least 100ms. Default 2s. */
  readonly maxStaleness?: Duration
  /**
   * How those who get a value are kept from changing what others get. `freeze`: values are frozen, those with a Date, Map, Set or
   * binary data in them copied; `clone`: everybody gets a copy; `share`: nothing is done. Default `freeze`.
   */
  readonly isolate?: "freeze" | "clone" | "share"
  /**
   * Whether a value that was loaded because the store is away is served to later reads for up to a second, and for no longer than
   * `maxStaleness`, from the beginning of its load; else each read loads. Default true.
   */
  readonly outageCache?: boolean
}

/** Options of every cache, with or without a loader. */
export interface SharedCacheOptions<K, V> extends EntryPolicy {
  /** Names the cache: part of every key, event and error. Letters, digits, `_`, `.`, `-`; begins with a letter. */
  readonly name: string
  /** Turns a key into text. Strings, numbers, bigints, tuples of them and plain objects need none. */
  readonly key?: (key: K) => string
  /**
   * Puts the entry into the hash slot of this group, together with everything else of the group: it is read by one command, and
   * `invalidateGroup` makes all of it a miss. Must answer the same non-empty text for the same key every time. Default: a slot of its own.
   */
  readonly group?: (key: K) => string
  /**
   * The tags of an entry: `invalidateTags` of any of them makes it a miss, everywhere. Called with undefined for "not in the source":
   * answer undefined, or an empty array, for an entry without tags. At most 100 non-empty texts of at most 512 bytes each.
   */
  readonly tags?: (value: NoInfer<V> | undefined, key: NoInfer<K>) => readonly string[] | undefined
  /**
   * Keeps a sorted set of entries per tag, for `listTag` and `reclaimTag`: one small command more per tag and entry stored, none per
   * read. An entry whose tags cannot be told of it is served and not stored. Only with `tags`. Default false.
   */
  readonly index?: boolean
  /**
   * Domain events that invalidate entries of this cache: `[productUpdated.keys((event) => [event.id])]`. A read between the publication
   * of an event and its arrival here may still get the older value. Events that were missed clear the cache, and with a rule by tags every cache of the namespace.
   */
  readonly invalidateOn?: readonly InvalidationRule<NoInfer<K>>[]
  /** Loads of this cache under way in this process at one time; more wait. Default 64. */
  readonly sourceConcurrency?: number
  /** Names the shape of the value: an entry of another shape is a miss. */
  readonly shape?: string
  /**
   * `leased`: no read that starts after a write has been delivered gets an older value. `strict`: no read that begins after a change has
   * committed does, even if its writer has died or the store has lost everything; every change must go through `write`, in every
   * process, and the source must end it within `windowTerm`. Has no near cache, no grace, and remembers no absence unless
   * `negativeTtl` says so. Default `leased`.
   */
  readonly consistency?: "leased" | "strict"
  /** How long a strict write may take, and how long a key is read from the source when its record is new. At least 100ms. Default 5s. */
  readonly windowTerm?: Duration
  /** What becomes of a strict write whose window cannot be opened: `fail` before the writer is called, or `write` without the promise. Default `fail`. */
  readonly onUnavailable?: "fail" | "write"
  /** Default `json()`. */
  readonly codec?: Codec<V>
  /** Encoded values above this are served and not stored, with an event. Default 1 MiB. */
  readonly maxValueBytes?: number
  /** How long a tombstone guards against loads from replicas that lag. Default 60s. Only with `version`. */
  readonly maxReplicaLag?: Duration
}

/** A cache that reads through a loader. */
export type LoadingCacheOptions<K, V> = SharedCacheOptions<K, V> & {
  /** Reads one value from the source when the cache has none that may be served. */
  readonly load: Loader<K, V>
  /** Absent: a fill is judged by its lease alone. */
  readonly version?: undefined
} & ManyLoading<K, V>

/** A cache that reads through a loader and knows the version of its values. */
export type VersionedCacheOptions<K, V> = SharedCacheOptions<K, V> & {
  /** Reads one value from the source when the cache has none that may be served. */
  readonly load: Loader<K, V>
  /** The version of a value: fills and puts that carry an older one than the store knows are refused. */
  readonly version: (value: V) => Version
} & ManyLoading<K, V>

/** A cache without a loader: cache-aside by hand, with `lookup` and `put`. */
export interface ManualCacheOptions<K, V> extends SharedCacheOptions<K, V> {
  /** Absent: the cache has no `get`, no `getMany` and no `refresh`. */
  readonly load?: undefined
  /** The version of a value: puts that carry an older one than the store knows are refused. */
  readonly version?: (value: V) => Version
}

/** Options that every call takes. */
export interface CallOptions {
  /** Detaches this caller when aborted: its promise rejects with the signal's reason, and the work goes on for the others. */
  readonly signal?: AbortSignal
  /** Detaches this caller after this long, with `CALL_TIMEOUT`. */
  readonly timeout?: Duration
}

/** Options of `invalidate`. */
export interface InvalidateOptions extends CallOptions {
  /** Keep the entry for stale serving during its grace instead of dropping it. Default false. */
  readonly expire?: boolean
  /** Version of the change: loads that carry an older one are refused. Only for caches with `version`. */
  readonly version?: Version
}
