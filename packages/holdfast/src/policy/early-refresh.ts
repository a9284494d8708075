import type { Random } from "../contracts/random.ts"

/** When an entry that is still fresh is refreshed by a read that finds it. At least one of the two is set. */
export interface EarlyRefreshPolicy {
  /** Of the cache, in milliseconds: an entry's own ttl counts as at most this, because one that was found unchanged has lived before. */
  readonly ttlMs: number
  /** In the last part of its ttl: so many milliseconds, at most half of the entry's own ttl. */
  readonly aheadMs: number | undefined
  /** In the last part of its ttl: this share of the entry's own ttl. */
  readonly aheadShare: number | undefined
  /** By chance, the more likely the nearer its end and the dearer its load; above 1 earlier, below 1 later. */
  readonly beta: number | undefined
}

/** What is asked of an entry: store time in milliseconds, and what its load took, in microseconds. */
export interface EntryAge {
  readonly createdMs: number
  readonly freshUntilMs: number
  readonly costUs: number
}

/**
 * Whether a read that finds this entry fresh refreshes it.
 *
 * By chance means XFetch: refresh if now - cost * beta * ln(u) >= end, for u uniform in (0, 1]. So a read that comes t before the end
 * refreshes with probability e^(-t / (beta * cost)). Source: Vattani, Chierichetti, Lowenstein, "Optimal Probabilistic Cache Stampede
 * Prevention", PVLDB 8(8), 2015.
 */
export function isDueEarly(policy: EarlyRefreshPolicy, entry: EntryAge, nowMs: number, random: Random): boolean {
  const leftMs = entry.freshUntilMs - nowMs
  return leftMs <= aheadOf(policy, entry) || isDrawn(policy.beta, entry, leftMs, random)
}

/** How long before its end every read refreshes an entry, in milliseconds; 0: none does for that. */
export function aheadOf({ aheadMs, aheadShare = 0, ttlMs }: EarlyRefreshPolicy, entry: EntryAge): number {
  const ownTtlMs = Math.min(entry.freshUntilMs - entry.createdMs, ttlMs)
  return aheadMs === undefined ? aheadShare * ownTtlMs : Math.min(aheadMs, ownTtlMs / 2)
}

function isDrawn(beta: number | undefined, { costUs }: EntryAge, leftMs: number, random: Random): boolean {
  if (beta === undefined) return false
  // float() is in [0, 1), and the logarithm wants (0, 1].
  return -(costUs / 1000) * beta * Math.log(1 - random.float()) >= leftMs
}
