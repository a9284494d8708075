import { importLruCache } from "./candidates/lru-cache.ts"
import { openSieve } from "./sieve.ts"
import type { Trace } from "./trace.ts"

/** Share of the accesses of a trace that a cache of one size answers, by what it evicts. */
export interface HitRatio {
  readonly trace: string
  readonly accesses: number
  readonly distinctKeys: number
  /** Entries that the cache holds. */
  readonly entries: number
  readonly sieve: number
  readonly lru: number
}

/** Sizes of the cache, as shares of the distinct keys. */
const shares = [0.01, 0.05, 0.1, 0.25]

export async function hitRatios({ id, keys }: Trace): Promise<readonly HitRatio[]> {
  const distinctKeys = new Set(keys).size
  const ratios: HitRatio[] = []
  for (const share of shares) {
    const entries = Math.max(1, Math.round(distinctKeys * share))
    const [sieve, lru] = [await sieveHits(keys, entries), await lruHits(keys, entries)]
    ratios.push({
      trace: id,
      accesses: keys.length,
      distinctKeys,
      entries,
      sieve: sieve / keys.length,
      lru: lru / keys.length,
    })
  }
  return ratios
}

async function sieveHits(keys: readonly string[], entries: number): Promise<number> {
  const asked = await openSieve(entries)
  let hits = 0
  for (const key of keys) if (asked(key)) hits += 1
  return hits
}

async function lruHits(keys: readonly string[], entries: number): Promise<number> {
  const cache = new (await importLruCache())({ max: entries })
  let hits = 0
  for (const key of keys) {
    if (cache.get(key) === undefined) cache.set(key, true)
    else hits += 1
  }
  return hits
}
