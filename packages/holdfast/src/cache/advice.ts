import type { CacheStatsSnapshot } from "./cache-stats.ts"

/** Why a cache is not worth its while, or less than it could be. Stable ids, for programs. */
export type AdviceId =
  | "loads-are-cheap"
  | "changes-as-often-as-read"
  | "keys-are-not-read-again"
  | "entries-end-too-soon"
  | "values-are-large"
  | "hit-ratio-is-low"
  | "one-group-has-most-reads"

/** One reason, with the figures that it rests on. */
export interface AdviceFinding {
  /** For programs. */
  readonly id: AdviceId
  /** What was seen, and what to do about it. */
  readonly reason: string
}

/** What the figures of one cache in this process say of it. */
export interface Advice {
  /** Name of the cache. */
  readonly cache: string
  /** `worth-it`: reads are faster with it than without. `too-early`: fewer than 1,000 reads, or no load, to judge by. */
  readonly verdict: "worth-it" | "not-worth-it" | "too-early"
  /** What an average read takes less than an average load, in milliseconds; negative: more. Undefined while it is too early. */
  readonly savedMsPerRead: number | undefined
  /** Share of the reads that the source was spared. Undefined while it is too early. */
  readonly sparedLoads: number | undefined
  /** In one sentence. */
  readonly summary: string
  /** What makes it so, or could be better. */
  readonly findings: readonly AdviceFinding[]
}

const enoughReads = 1000
/** Values above this are mostly read in part: the time goes into moving and decoding them. */
const largeBytes = 100_000

/**
 * Judges one cache by what it saved: without it, every read would be a load.
 *
 * The thresholds are ours: 1,000 reads, a change for every second read, 100 kB, seven loads of ten of a key not loaded before, half of
 * the reads.
 *
 * @param groupShare of the group that most of the reads go to which ask the store; undefined: there is none, or it cannot be told yet
 */
export function adviceOn(stats: CacheStatsSnapshot, groupShare?: number): Advice {
  const { name: cache, reads, loads } = stats
  const { meanMs: loadMs } = stats.loadLatency
  if (reads < enoughReads || loadMs === undefined) {
    const summary = `Too early to say: ${reads} reads and ${loads} loads so far; a verdict takes ${enoughReads} reads and a load.`
    return { cache, verdict: "too-early", savedMsPerRead: undefined, sparedLoads: undefined, summary, findings: [] }
  }
  const readMs = meanReadMs(stats)
  const savedMsPerRead = loadMs - readMs
  const sparedLoads = Math.max(0, 1 - loads / reads)
  const verdict = savedMsPerRead > 0 ? "worth-it" : "not-worth-it"
  const spares = `the source is spared ${percent(sparedLoads)} of the reads`
  const summary =
    verdict === "worth-it"
      ? `Worth it: a read takes ${ms(readMs)} instead of ${ms(loadMs)}, and ${spares}.`
      : `Not worth it: a read takes ${ms(readMs)}, a load ${ms(loadMs)}; ${spares}.`
  const findings = [...findingsOf(stats, readMs, loadMs), ...oneGroup(groupShare)]
  return { cache, verdict, savedMsPerRead, sparedLoads, summary, findings }
}

function findingsOf(stats: CacheStatsSnapshot, readMs: number, loadMs: number): readonly AdviceFinding[] {
  const findings = [cheapLoads(stats, loadMs), manyChanges(stats), littleReuse(stats), largeValues(stats)]
  const found = findings.filter((finding) => finding !== undefined)
  return found.length === 0 && readMs >= loadMs ? [lowHitRatio(stats)] : found
}

/** Near hits are not among those that were measured: they take no time worth it. */
function meanReadMs({ reads, latency: { count, meanMs = 0 } }: CacheStatsSnapshot): number {
  return (meanMs * count) / reads
}

function cheapLoads(stats: CacheStatsSnapshot, loadMs: number): AdviceFinding | undefined {
  const { hits, nearHits, hitMeanMs } = stats
  if (hitMeanMs === undefined) return undefined
  const anyHitMs = (hitMeanMs * hits) / (hits + nearHits)
  if (loadMs > anyHitMs) return undefined
  const reason = `A load takes ${ms(loadMs)}, and a hit ${ms(anyHitMs)}: asking the source costs no more than asking the cache.`
  return { id: "loads-are-cheap", reason }
}

function manyChanges({ reads, writes, invalidations }: CacheStatsSnapshot): AdviceFinding | undefined {
  const changes = writes + invalidations
  if (changes < reads / 2) return undefined
  const reason = `${changes} changes for ${reads} reads: most entries end before they are read. Read the source, or cache what changes less.`
  return { id: "changes-as-often-as-read", reason }
}

/** Entries that are stored and not read again: because nobody asks for the key twice, or because they do not last until then. */
function littleReuse(stats: CacheStatsSnapshot): AdviceFinding | undefined {
  const { fills, loads, loadedKeys } = stats
  const reuses = stats.nearHits + stats.outageHits + stats.hits + stats.stale
  if (reuses >= fills) return undefined
  const uses = `${fills} entries were stored and read ${reuses} times`
  if (loadedKeys >= 0.7 * loads) {
    const reason = `${uses}, for about ${loadedKeys} keys: too many different ones. Cache under keys that are shared by more readers.`
    return { id: "keys-are-not-read-again", reason }
  }
  const reason = `${uses}, although the same keys are loaded again: they end too soon. A longer ttl, or fewer invalidations.`
  return { id: "entries-end-too-soon", reason }
}

function largeValues({ fills, storedBytes, tooLarge }: CacheStatsSnapshot): AdviceFinding | undefined {
  const meanBytes = fills === 0 ? 0 : storedBytes / fills
  if (meanBytes < largeBytes && tooLarge === 0) return undefined
  const refused = tooLarge === 0 ? "" : ` ${tooLarge} were too large to be stored.`
  const reason = `A stored value has ${Math.round(meanBytes / 1000)} kB on average.${refused} Cache the parts that are read, or compress.`
  return { id: "values-are-large", reason }
}

function oneGroup(share = 0): readonly AdviceFinding[] {
  if (share < 0.5) return []
  const reason =
    `${percent(share)} of the reads that ask the store go to one group, which is one slot: a cluster cannot spread them. ` +
    "Let `group` name smaller groups, or leave it out."
  return [{ id: "one-group-has-most-reads", reason }]
}

function lowHitRatio({ hitRatio = 0 }: CacheStatsSnapshot): AdviceFinding {
  const reason = `${percent(hitRatio)} of the reads are hits, and what the misses cost more than a load uses up what these save.`
  return { id: "hit-ratio-is-low", reason }
}

const ms = (value: number): string =>
  `${value < 0.01 ? "<0.01" : value < 1 ? value.toPrecision(2) : Math.round(value * 10) / 10} ms`
const percent = (share: number): string => `${Math.round(share * 100)} %`
