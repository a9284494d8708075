import type { CacheStats } from "../shop.ts"
import type { CacheFigures } from "./phase-report.ts"

const counters = [
  "reads",
  "hits",
  "negativeHits",
  "stale",
  "misses",
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
  const hitRatio = counts.reads === 0 ? null : (counts.hits + counts.stale) / counts.reads
  return { name, hitRatio, ...counts }
}
