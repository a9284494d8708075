import type { CacheStats } from "../shop.ts"
import type { AnswerShares, CacheFigures } from "./phase-report.ts"

const counters = [
  "reads",
  "nearHits",
  "outageHits",
  "hits",
  "negativeHits",
  "stale",
  "misses",
  "failures",
  "loads",
  "loadErrors",
  "coalesced",
  "fills",
  "refusedFills",
  "invalidations",
  "undelivered",
] as const

type Counts = Record<(typeof counters)[number], number>

/** What each cache did between two looks at its stats. */
export function figuresBetween(before: readonly CacheStats[], after: readonly CacheStats[]): CacheFigures[] {
  return after.map((stats) => {
    const earlier = before.find(({ name }) => name === stats.name)
    return figures(stats.name, (counter) => stats[counter] - (earlier?.[counter] ?? 0))
  })
}

/** All caches together; null if there is none. */
export function sumOf(caches: readonly CacheFigures[]): CacheFigures | null {
  if (caches.length === 0) return null
  return figures("all", (counter) => caches.reduce((sum, cache) => sum + cache[counter], 0))
}

function figures(name: string, count: (counter: (typeof counters)[number]) => number): CacheFigures {
  const counts = Object.fromEntries(counters.map((counter) => [counter, count(counter)])) as Counts
  const hits = counts.nearHits + counts.outageHits + counts.hits + counts.stale
  return { name, hitRatio: counts.reads === 0 ? null : hits / counts.reads, answeredBy: shares(counts), ...counts }
}

function shares({ reads, nearHits, outageHits, hits, stale, misses, failures }: Counts): AnswerShares | null {
  if (reads === 0) return null
  const near = (nearHits + outageHits) / reads
  return { near, store: (hits + stale) / reads, source: misses / reads, nobody: failures / reads }
}
