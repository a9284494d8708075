import {
  createHoldfast,
  type Glob,
  type Holdfast,
  type HoldfastEvent,
  type PatternDelivery,
  type PuttableCache,
  type ReadThroughCache,
  type ReclaimedTag,
  type ScannedKey,
  type TagListing,
} from "holdfast"
import type { RedisClient } from "holdfast/testing"
import type { RestWatch } from "../oracles/resting.ts"
import type { SimProcess } from "../world/sim-process.ts"
import { categories, groupOf, homeOf } from "./categories.ts"
import { cacheName, namespace } from "./key-space.ts"
import { loadersOf } from "./loaders.ts"
import { naiveCache } from "./naive-cache.ts"
import { naiveUnits } from "./naive-units.ts"
import type { Policy } from "./plan.ts"
import type { Row, Source } from "./source.ts"

/** Whatever has so many is not stored. */
export const largeBytes = 200

/** What a history needs of a cache; the methods that its kind does not have are not called. */
export type CacheUnderTest = ReadThroughCache<string, Row> & Pick<PuttableCache<string, Row>, "put">

/** One process with its cache. */
export interface Peer {
  readonly process: SimProcess
  readonly cache: CacheUnderTest
  readonly afterCommit: Holdfast["afterCommit"]
  invalidateTags(tags: readonly string[]): Promise<{ readonly delivered: boolean }>
  invalidateGroup(group: string): Promise<{ readonly delivered: boolean }>
  /** `isWide`: in the whole namespace. */
  invalidatePattern(match: Glob, isWide: boolean): Promise<Pick<PatternDelivery, "matched" | "delivered">>
  scan(match: Glob, isWide: boolean): AsyncIterable<Pick<ScannedKey, "key">>
  listTag(tag: string, batch: number): Pick<TagListing, "complete" | typeof Symbol.asyncIterator>
  reclaimTag(tag: string, batch: number): Promise<ReclaimedTag>
  close(): Promise<void>
}

interface PeerParts {
  readonly process: SimProcess
  readonly client: RedisClient
  readonly policy: Policy
  readonly source: Source
  readonly keyOf: (name: string) => number
  readonly rests: RestWatch
  readonly onEvent: (event: HoldfastEvent) => void
  /** A plain cache-aside instead of the library. */
  readonly isNaive: boolean
}

/** Starts the real library in one process of a history. */
export function startPeer(parts: PeerParts): Peer {
  if (parts.isNaive) return naivePeer(parts)
  const { process, client, policy, onEvent } = parts
  const holdfast = createHoldfast({
    namespace,
    redis: client,
    clock: process.clock,
    random: process.random,
    commandTimeout: `${policy.commandTimeoutMs}ms`,
    breaker: { openAtMost: "1s" },
    afterFailover: policy.afterFailover,
    onEvent,
    ...(policy.tracking && { tracking: true }),
  })
  const cache = holdfast.cache<string, Row>(cacheOptions(parts) as never) as unknown as CacheUnderTest
  return {
    process,
    cache,
    afterCommit: (work, options) => holdfast.afterCommit(work, options),
    invalidateTags: (tags) => holdfast.invalidateTags(tags),
    invalidateGroup: (group) => holdfast.invalidateGroup(group),
    invalidatePattern: (match, isWide) => (isWide ? holdfast : cache).invalidatePattern(match),
    scan: (match, isWide) => (isWide ? holdfast : cache).scan({ match }),
    listTag: (tag, batch) => holdfast.listTag(tag, { batch }),
    reclaimTag: (tag, batch) => holdfast.reclaimTag(tag, { batch }),
    close: () => holdfast.close({ timeout: "1s" }),
  }
}

function cacheOptions({ policy, process, source, keyOf, rests }: PeerParts): object {
  const isManual = policy.kind.startsWith("manual")
  const hasVersion = policy.kind === "versioned" || policy.kind === "lagging" || policy.kind === "manual-versioned"
  return {
    name: cacheName,
    ttl: `${policy.ttlMs}ms`,
    grace: `${policy.graceMs}ms`,
    negativeTtl: policy.negativeTtlMs === undefined ? false : `${policy.negativeTtlMs}ms`,
    jitter: policy.jitter,
    loadTimeout: {
      hard: `${policy.loadTimeoutMs}ms`,
      ...(policy.softMs !== undefined && { soft: `${policy.softMs}ms` }),
    },
    ...(policy.large && { maxValueBytes: largeBytes }),
    ...(policy.strictMs !== undefined && { consistency: "strict", windowTerm: `${policy.strictMs}ms` }),
    local: policy.nearMs === undefined ? false : { maxStaleness: `${policy.nearMs}ms` },
    ...earlyOptions(policy.early),
    ...(policy.absoluteTtlMs !== undefined && { sliding: { absoluteTtl: `${policy.absoluteTtlMs}ms` } }),
    ...(policy.index && { index: true }),
    ...(policy.tags && {
      tags: (row: Row | undefined, name: string) => [categories[row?.c ?? homeOf(keyOf(name))]],
    }),
    ...(policy.groups && { group: (name: string) => groupOf(keyOf(name)) }),
    ...(policy.lagMs > 0 && hasVersion && { maxReplicaLag: `${policy.lagMs}ms` }),
    ...(!isManual && {
      ...loadersOf({ policy, process, source, keyOf, rests }),
      batch: policy.batch,
    }),
    ...(hasVersion && { version: (row: Row) => row.v }),
  }
}

function earlyOptions(early: Policy["early"]): object {
  if (early === undefined) return {}
  return "beta" in early ? { earlyRefresh: early } : { refreshAhead: `${early.aheadPercent}%` }
}

function naivePeer({ process, client, policy, source, keyOf }: PeerParts): Peer {
  const cache = naiveCache({ client, clock: process.clock, policy, load: (name) => source.read(process, keyOf(name)) })
  return {
    process,
    cache: cache as unknown as CacheUnderTest,
    afterCommit: naiveUnits(cache),
    invalidateTags: () => cache.clear(),
    invalidateGroup: () => cache.clear(),
    invalidatePattern: async () => ({ ...(await cache.clear()), matched: 0 }),
    scan: async function* () {},
    listTag: () => ({ complete: false, [Symbol.asyncIterator]: async function* () {} }),
    reclaimTag: async () => ({ freed: 0, left: 0, complete: false }),
    close: () => cache.close(),
  }
}
