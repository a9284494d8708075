import type { CountedDatabase } from "../database/counted-database.ts"
import type { Driver } from "../load/driver.ts"
import type { IntervalFigures, RunFigures } from "../load/driver-messages.ts"
import { figuresBetween, sumOf } from "../report/cache-figures.ts"
import type { Moment, PhaseEvent, PhaseName, PhaseReport } from "../report/phase-report.ts"
import type { Progress } from "../report/progress.ts"
import type { Resources } from "../resources.ts"
import type { CacheStats, Shop } from "../shop.ts"
import { startDisturbances } from "./disturbances.ts"
import type { Disturbance } from "./disturbances.ts"

/** One phase of the demo: a shop under load for some seconds. */
export interface Phase {
  readonly name: PhaseName
  readonly title: string
  readonly shop: Shop
  readonly database: CountedDatabase
  readonly driver: Driver
  readonly progress: Progress
  readonly resources: Resources
  readonly seconds: number
  /** The same load before, not counted; 0: go on with the load where the last phase ended. */
  readonly warmUpSeconds: number
  readonly ratePerSecond: number | undefined
  /** What is done to the servers meanwhile, in order of time. */
  readonly disturbances?: readonly Disturbance[]
}

/** Runs a phase and answers its figures. */
export async function runPhase(phase: Phase): Promise<PhaseReport> {
  const { name, shop, database, driver, seconds, warmUpSeconds, ratePerSecond } = phase
  const run = { url: shop.url, ratePerSecond, intervalMs: seconds < 6 ? 500 : 1000 }
  const bar = phase.progress.phase(phase.title, { seconds, warmUpSeconds })
  if (warmUpSeconds > 0) await driver.run({ ...run, seconds: warmUpSeconds, fresh: true })

  const timeline = createTimeline(database)
  const before = { queries: database.queries(), caches: shop.cacheStats() }
  const disturbing = startDisturbances(phase.disturbances ?? [], (event) => bar.note(event.what))
  const disturbed = phase.resources.own(Promise.resolve(disturbing), (running) => running.stop())
  const driven = driver.run({ ...run, seconds, fresh: false }, (interval) => {
    timeline.add(interval)
    bar.update(timeline.atSeconds(), interval)
  })
  const [figures, events] = await Promise.all([driven, disturbing.done, disturbed])
  bar.end()
  const after = { queries: database.queries(), caches: shop.cacheStats() }
  const measured = { figures, before, after, events, timeline: timeline.moments }
  return { name, seconds, warmUpSeconds, ...reportOf(measured) }
}

interface Counters {
  readonly queries: number
  readonly caches: readonly CacheStats[]
}

interface Measured {
  readonly figures: RunFigures
  readonly before: Counters
  readonly after: Counters
  readonly events: readonly PhaseEvent[]
  readonly timeline: readonly Moment[]
}

function reportOf({ figures, before, after, events, timeline }: Measured) {
  const { elapsedMs, ...answers } = figures
  const caches = figuresBetween(before.caches, after.caches)
  const databaseQueries = after.queries - before.queries
  return {
    ...answers,
    requestsPerSecond: (figures.requests * 1000) / elapsedMs,
    databaseQueries,
    databaseQueriesPer1000Requests: figures.requests === 0 ? 0 : (databaseQueries * 1000) / figures.requests,
    cache: sumOf(caches),
    caches,
    events,
    timeline,
  }
}

function createTimeline(database: CountedDatabase) {
  const moments: Moment[] = []
  let queries = database.queries()
  let elapsedMs = 0
  return {
    moments,
    atSeconds: () => elapsedMs / 1000,
    add(interval: IntervalFigures): void {
      const since = database.queries() - queries
      queries += since
      elapsedMs += interval.elapsedMs
      moments.push({
        atSeconds: elapsedMs / 1000,
        requestsPerSecond: (interval.requests * 1000) / interval.elapsedMs,
        p50Ms: interval.latency.p50Ms,
        p99Ms: interval.latency.p99Ms,
        errors: interval.errors,
        refusedByCarrier: interval.refusedByCarrier,
        refusedByCache: interval.refusedByCache,
        databaseQueriesPerSecond: (since * 1000) / interval.elapsedMs,
      })
    },
  }
}
