import { aheadOf, type EntryAge, type EarlyRefreshPolicy } from "../policy/early-refresh.ts"

/** Reads that the store must see: what they do there, a near cache must not take from them. */
export interface NearLifePolicy {
  readonly ttlMs: number
  readonly absoluteTtlMs: number | undefined
  readonly early: EarlyRefreshPolicy | undefined
}

/** A read this many times beta times the load cost before the end refreshes with a probability below 1 %: e^-5. */
const costsAhead = 5
/** Of the ttl: reading renews a sliding entry at most once per tenth of it. */
const slidingShare = 0.1

/**
 * How long an entry may be served from a near cache, in milliseconds from `nowMs` (store time): while it is fresh, and no read of it
 * would have to refresh or to renew it.
 */
export function nearLifeMs(policy: NearLifePolicy, entry: EntryAge, nowMs: number): number {
  const { ttlMs, absoluteTtlMs, early } = policy
  const leftMs = entry.freshUntilMs - nowMs
  if (absoluteTtlMs !== undefined) return Math.min(leftMs, ttlMs * slidingShare)
  return early === undefined ? leftMs : leftMs - earlyMs(early, entry)
}

function earlyMs(early: EarlyRefreshPolicy, entry: EntryAge): number {
  const { beta } = early
  const byChance = beta === undefined ? 0 : (costsAhead * beta * entry.costUs) / 1000
  return Math.max(aheadOf(early, entry), byChance)
}
