import { encodeKey, entryAddressing, isName, type EntryAddress } from "../entry/key.ts"
import { shapeOf } from "../entry/envelope.ts"
import { clearTagAddress, type TagAddress } from "../entry/tag-address.ts"
import { errorOfCache } from "../errors/error-owner.ts"
import { invalidOption, optionsOf, positiveInteger, refuseUnknownOptions } from "../errors/option-checks.ts"
import { durationMs, shareOf } from "../policy/duration.ts"
import type { EarlyRefreshPolicy } from "../policy/early-refresh.ts"
import type { Codec } from "../contracts/codec.ts"
import type { InvalidationRule } from "../contracts/domain-event.ts"
import { versionIn } from "./invalidate-request.ts"
import { nearSettings, type NearSettings } from "./near-settings.ts"
import { strictSettings, type StrictSettings } from "./strict-settings.ts"
import { loadTimeouts } from "./load-timeout.ts"
import { absoluteTtl, earlyRefresh } from "./renewal-settings.ts"
import type { Batching, EntryPolicy, Loader, LoadManyContext, SharedCacheOptions, Version } from "./cache-options.ts"

/** Options after checking: units are in the names, defaults are filled in. */
export interface CacheSettings<K, V> {
  readonly name: string
  readonly addressOf: (key: K) => EntryAddress
  readonly load: Loader<K, V> | undefined
  /** What it answers is not to be trusted before it has been looked at. */
  readonly loadMany: ((keys: readonly K[], context: LoadManyContext<K>) => unknown) | undefined
  /** How the loads of single reads are gathered; undefined: each calls `load`. */
  readonly batch: { readonly maxSize: number } | undefined
  /** Where a row of `loadMany` belongs, if `keyOf` tells it. */
  readonly addressOfValue: ((value: V) => EntryAddress) | undefined
  readonly versionOf: ((value: V) => string) | undefined
  /** What it answers is not checked yet. */
  readonly tagsOf: ((value: V | undefined, key: K) => readonly string[] | undefined) | undefined
  /** Whether entries are listed by their tags. */
  readonly isIndexed: boolean
  /** The tag that every entry of this cache carries. */
  readonly clearTag: TagAddress
  readonly codec: Codec<V>
  readonly shape: number
  readonly ttlMs: number
  readonly graceMs: number
  readonly negativeTtlMs: number | undefined
  readonly jitterShare: number
  /** From when it was stored, how long an entry may live at most by being read; undefined: reading renews nothing. */
  readonly absoluteTtlMs: number | undefined
  /** Undefined: nothing is refreshed before its ttl has passed. */
  readonly early: EarlyRefreshPolicy | undefined
  readonly loadTimeoutMs: number
  /** Undefined: an entry within its grace is not served because a load is slow. */
  readonly softTimeoutMs: number | undefined
  readonly sourceConcurrency: number
  readonly maxValueBytes: number
  readonly tombstoneMs: number
  /** Undefined: the cache is leased. */
  readonly strict: StrictSettings | undefined
  /** Undefined: no near cache. */
  readonly near: NearSettings | undefined
  /** Whether its entries share hash slots. */
  readonly isGrouped: boolean
  /** What all value keys begin with, if the encoded key and "}" follow. */
  readonly valuePrefix: string | undefined
  /** Whether a text key that needs no escaping is its own encoding. */
  readonly hasPlainKeys: boolean
}

/** Any of the cache option types, seen without their differences. */
export type AnyCacheOptions<K, V> = SharedCacheOptions<K, V> & {
  readonly load?: Loader<K, V> | undefined
  readonly loadMany?: ((keys: readonly K[], context: LoadManyContext<K>) => unknown) | undefined
  readonly keyOf?: ((value: V) => K) | undefined
  readonly batch?: Batching | undefined
  readonly version?: ((value: V) => Version) | undefined
}

const knownOptions: Record<keyof AnyCacheOptions<never, never>, true> = {
  name: true,
  load: true,
  loadMany: true,
  keyOf: true,
  batch: true,
  version: true,
  key: true,
  group: true,
  tags: true,
  index: true,
  invalidateOn: true,
  ttl: true,
  grace: true,
  negativeTtl: true,
  jitter: true,
  refreshAhead: true,
  earlyRefresh: true,
  sliding: true,
  loadTimeout: true,
  sourceConcurrency: true,
  shape: true,
  local: true,
  codec: true,
  maxValueBytes: true,
  maxReplicaLag: true,
  consistency: true,
  windowTerm: true,
  onUnavailable: true,
}

/** Checks the options of one cache. Throws `INVALID_OPTION` or `INVALID_DURATION`, naming the cache and the option. */
export function cacheSettings<K, V>(
  namespace: string,
  options: AnyCacheOptions<K, V>,
  defaultCodec: Codec<V>,
): CacheSettings<K, V> {
  return optionsOf(isName(options.name) ? options.name : undefined, () =>
    checkedSettings(namespace, options, defaultCodec),
  )
}

function checkedSettings<K, V>(
  namespace: string,
  options: AnyCacheOptions<K, V>,
  defaultCodec: Codec<V>,
): CacheSettings<K, V> {
  refuseUnknownOptions(options, knownOptions, "a cache")
  assertRules(options.invalidateOn ?? [])
  const codec = checkedCodec(options.codec ?? defaultCodec)
  const version = optionalFunction("version", options.version)
  const ttlMs = durationMs("ttl", options.ttl)
  const graceMs = options.grace === undefined ? 0 : durationMs("grace", options.grace, { zero: true })
  if (options.maxReplicaLag !== undefined && version === undefined)
    throw invalidOption("maxReplicaLag", "is of no use without `version`.")
  const tombstoneMs = durationMs("maxReplicaLag", options.maxReplicaLag ?? "60s")
  const strict = strictSettings(options, { ttlMs, graceMs, tombstoneMs })
  const timeouts = loadTimeouts(options, graceMs)
  const addressOf = addressing(namespace, options)
  return {
    name: options.name,
    addressOf,
    load: optionalFunction("load", options.load),
    ...manyLoading(options, addressOf),
    versionOf: version && ((value) => versionIn(options.name, version(value))),
    tagsOf: optionalFunction("tags", options.tags),
    isIndexed: indexing(options),
    clearTag: clearTagAddress(namespace, options.name),
    codec,
    shape: shapeOf(codec.name, checkedShape(options.shape)),
    ttlMs,
    graceMs,
    negativeTtlMs: negativeTtl(options, ttlMs, strict !== undefined),
    jitterShare: shareOf("jitter", options.jitter ?? "10%"),
    absoluteTtlMs: absoluteTtl(options, ttlMs),
    early: earlyRefresh(options, ttlMs, options.load !== undefined),
    loadTimeoutMs: timeouts.hardMs,
    softTimeoutMs: timeouts.softMs,
    sourceConcurrency: positiveInteger("sourceConcurrency", options.sourceConcurrency ?? 64),
    maxValueBytes: positiveInteger("maxValueBytes", options.maxValueBytes ?? 1024 * 1024),
    tombstoneMs,
    strict,
    near: strict ? undefined : nearSettings(options.local),
    isGrouped: options.group !== undefined,
    valuePrefix: options.group ? undefined : entryAddressing(namespace, options.name).prefix,
    hasPlainKeys: options.group === undefined && options.key === undefined,
  }
}

function manyLoading<K, V>(
  { load, loadMany, keyOf, batch }: Pick<AnyCacheOptions<K, V>, "load" | "loadMany" | "keyOf" | "batch">,
  addressOf: (key: K) => EntryAddress,
): Pick<CacheSettings<K, V>, "loadMany" | "addressOfValue" | "batch"> {
  if (loadMany !== undefined && load === undefined) throw invalidOption("loadMany", "needs `load` beside it.")
  if (keyOf !== undefined && loadMany === undefined) throw invalidOption("keyOf", "is of no use without `loadMany`.")
  const key = optionalFunction("keyOf", keyOf)
  return {
    loadMany: optionalFunction("loadMany", loadMany),
    addressOfValue: key && ((value) => addressOf(key(value))),
    batch: batching(batch, loadMany !== undefined),
  }
}

function batching(batch: Batching | undefined, canLoadMany: boolean): CacheSettings<never, never>["batch"] {
  if (batch === undefined || batch === false) return undefined
  if (!canLoadMany) throw invalidOption("batch", "needs `loadMany` beside it.")
  if (batch === true) return { maxSize: Infinity }
  if (typeof batch !== "object" || batch === null) throw invalidOption("batch", "must be true, false or `{ maxSize }`.")
  refuseUnknownOptions(batch, { maxSize: true }, "`batch`")
  return { maxSize: batch.maxSize === undefined ? Infinity : positiveInteger("batch.maxSize", batch.maxSize) }
}

function indexing({ index = false, tags }: Pick<SharedCacheOptions<never, never>, "index" | "tags">): boolean {
  if (typeof index !== "boolean") throw invalidOption("index", "must be true or false.")
  if (index && tags === undefined) throw invalidOption("index", "needs `tags` beside it.")
  return index
}

function assertRules(rules: readonly InvalidationRule<unknown>[]): void {
  const isRule = (rule: Partial<InvalidationRule<unknown>> | null): boolean => typeof rule?.attach === "function"
  if (!Array.isArray(rules) || !rules.every(isRule))
    throw invalidOption("invalidateOn", "must be an array of what `keys` and `tags` of events answer.")
}

function checkedCodec<V>(codec: Codec<V>): Codec<V> {
  if (typeof codec.encode === "function" && typeof codec.decode === "function") return codec
  throw invalidOption("codec", "must be a codec, such as json() or text().")
}

function checkedShape(shape: string | undefined): string | undefined {
  if (shape !== undefined && typeof shape !== "string") throw invalidOption("shape", "must be a text.")
  return shape
}

type Addressed<K> = Pick<SharedCacheOptions<K, never>, "name" | "key" | "group">

function addressing<K>(namespace: string, options: Addressed<K>): (key: K) => EntryAddress {
  const textOf = optionalFunction("key", options.key)
  const group = optionalFunction("group", options.group)
  const addresses = entryAddressing(namespace, options.name)
  const encode = textOf ? (key: K) => encodeKey(textOf(key)) : encodeKey
  // A group that answers nothing is a mistake in it, not the wish for a slot of one's own: the empty text is refused.
  const addressOf: (key: K) => EntryAddress = group
    ? (key) => addresses.of(encode(key), group(key) ?? "")
    : (key) => addresses.of(encode(key))
  return (key) => {
    try {
      return addressOf(key)
    } catch (error) {
      throw errorOfCache(options.name, error)
    }
  }
}

/** A strict cache remembers no absence unless it is told to: a row that is inserted without naming its key opens no window. */
function negativeTtl(options: Pick<EntryPolicy, "negativeTtl">, ttlMs: number, isStrict: boolean): number | undefined {
  if (options.negativeTtl === false || (isStrict && options.negativeTtl === undefined)) return undefined
  return options.negativeTtl === undefined ? Math.min(30_000, ttlMs) : durationMs("negativeTtl", options.negativeTtl)
}

function optionalFunction<F>(name: string, value: F | undefined): F | undefined {
  if (value !== undefined && typeof value !== "function") throw invalidOption(name, "must be a function.")
  return value
}
