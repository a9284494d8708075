import type { ReadCount } from "../load/oracle.ts"
import type { Moment, PhaseEvent, PhaseReport } from "./phase-report.ts"
import { phaseNamed } from "./run-report.ts"
import type { RunReport } from "./run-report.ts"
import { change, milliseconds, percent, sparkline, table, times, whole } from "./text.ts"

/** The report for people, line by line. */
export function summaryLines(report: RunReport): string[] {
  return [
    ...heading(report),
    "",
    ...comparison(report),
    ...slowerThough(report),
    "",
    ...byCache(phaseNamed(report.phases, "cached")),
    "",
    ...outage(report),
    "",
    ...bound(report),
    ...verdict(report),
  ]
}

function heading({ environment, flags, data, load }: RunReport): string[] {
  const delay = flags["dbLatencyMs"] === 0 ? "" : `; ${flags["dbLatencyMs"]} ms added to every database query`
  return [
    `${environment.database.description}; ${environment.store.description}; Node ${environment.node}`,
    `${whole(data.products)} products, ${whole(data.users)} users, ${whole(data.orders)} orders; ${load.keys}; ` +
      `${load.connections} connections${delay}`,
    `The load driver shares the ${environment.cores} cores with the service, the database and the cache: ` +
      "read the ratios, not the rates.",
  ]
}

function comparison({ phases, comparison: compared }: RunReport): string[] {
  const uncached = phaseNamed(phases, "uncached")
  const cached = phaseNamed(phases, "cached")
  const row = (name: string, show: (phase: PhaseReport) => string, note = ""): string[] => [
    name,
    show(uncached),
    show(cached),
    note,
  ]
  return table([
    ["", "uncached", "cached", ""],
    row("requests/s", (phase) => whole(phase.requestsPerSecond), times(compared.requestsPerSecondRatio)),
    row("latency p50", (phase) => milliseconds(phase.latency.p50Ms), change(compared.p50Ratio)),
    row("latency p99", (phase) => milliseconds(phase.latency.p99Ms), change(compared.p99Ratio)),
    row(
      "database queries per 1,000 requests",
      (phase) => whole(phase.databaseQueriesPer1000Requests),
      change(1 - compared.databaseQueriesSaved),
    ),
    row("cache reads answered by the near cache", (phase) => share(phase.cache?.answeredBy?.near)),
    row("  by the store", (phase) => share(phase.cache?.answeredBy?.store)),
    row("  by the source", (phase) => share(phase.cache?.answeredBy?.source)),
    row("  by nobody: failed", (phase) => share(phase.cache?.answeredBy?.nobody), whoFailed(cached)),
    row("reads coalesced", ({ cache }) => (cache === null ? "-" : whole(cache.coalesced))),
    row("shipping quotes refused by the carrier", (phase) => whole(phase.refusedByCarrier)),
    row("changes of price and stock refused", (phase) => whole(phase.refusedByCache)),
    row("stale reads", (phase) => whole(phase.staleReads)),
    row("  of reads checked", (phase) => whole(phase.checkedReads)),
    row("stale strict reads: price and stock", (phase) => whole(phase.strict.staleReads)),
    row("  of reads checked", (phase) => whole(phase.strict.checkedReads)),
    row("writes that they are checked against", (phase) => whole(phase.writes)),
    row("errors", (phase) => whole(phase.errors)),
  ])
}

/** What is known of a p99 that the cache has not made shorter. */
function slowerThough({ comparison: { p99Ratio, requestsPerSecondRatio }, environment, load }: RunReport): string[] {
  if (p99Ratio <= 1 || requestsPerSecondRatio <= 1) return []
  return [
    `The cached p99 is that of ${times(requestsPerSecondRatio)} the requests/s, over the same ${load.connections} connections and ` +
      `${environment.cores} cores.`,
  ]
}

function share(ratio: number | undefined): string {
  return ratio === undefined ? "-" : percent(ratio)
}

function byCache({ caches, warmUpSeconds }: PhaseReport): string[] {
  const rows = caches.map((cache) => [
    cache.name,
    whole(cache.reads),
    share(cache.answeredBy?.near),
    share(cache.answeredBy?.store),
    share(cache.answeredBy?.source),
    share(cache.answeredBy?.nobody),
    whole(cache.loads),
    whole(cache.coalesced),
  ])
  return [
    `By cache, after ${warmUpSeconds} s of warm-up, and who answered its reads:`,
    ...table([["", "reads", "near", "store", "source", "failed", "loads", "coalesced"], ...rows]),
  ]
}

function outage({ phases, outageSkipped }: RunReport): string[] {
  const phase = phases.find(({ name }) => name === "outage")
  if (phase === undefined) return [`No outage was played: ${outageSkipped ?? "the phase did not run"}`]
  const { timeline, events } = phase
  return [
    `The same load while the cache dies: ${events.map(({ what, atSeconds }) => `${what} at ${atSeconds.toFixed(1)} s`).join(", ")}`,
    `requests/s ${sparkline(timeline.map((moment) => moment.requestsPerSecond))}  ` +
      `p99 ${sparkline(timeline.map((moment) => moment.p99Ms))}  ` +
      `database ${sparkline(timeline.map((moment) => moment.databaseQueriesPerSecond))}`,
    ...table([
      ["until", "requests/s", "p50", "p99", "errors", "quotes refused", "writes refused", "database queries/s", ""],
      ...timeline.map((moment, index) => momentRow(moment, eventsWithin(events, timeline, index))),
    ]),
    ...answerers(phase),
    `stale reads ${staleOf(phase)} checked; strict ones ${staleOf(phase.strict)}`,
    `changes of price and stock refused because the cache could not be told: ${whole(phase.refusedByCache)}`,
  ]
}

const staleOf = ({ staleReads, checkedReads }: ReadCount): string => `${whole(staleReads)} of ${whole(checkedReads)}`

function answerers(phase: PhaseReport): string[] {
  const by = phase.cache?.answeredBy ?? undefined
  if (by === undefined) return []
  const [near, store, source, nobody] = [by.near, by.store, by.source, by.nobody].map(percent)
  const which = whoFailed(phase)
  return [
    `cache reads answered by the near cache ${near}, the store ${store}, the source ${source}; failed ${nobody}` +
      (which === "" ? "" : `: ${which}`),
  ]
}

/** Which reads failed. Only those of quotes, and no error: the carrier has refused them, for all else is answered with an error. */
function whoFailed({ caches, errors }: PhaseReport): string {
  const names = caches.filter(({ failures }) => failures > 0).map(({ name }) => name)
  return names.join() === "shipping-quote" && errors === 0 ? "quotes that the carrier refused" : names.join(", ")
}

function momentRow(moment: Moment, events: readonly PhaseEvent[]): string[] {
  return [
    `${moment.atSeconds.toFixed(1)} s`,
    whole(moment.requestsPerSecond),
    milliseconds(moment.p50Ms),
    milliseconds(moment.p99Ms),
    whole(moment.errors),
    whole(moment.refusedByCarrier),
    whole(moment.refusedByCache),
    whole(moment.databaseQueriesPerSecond),
    events.length === 0 ? "" : `<- ${events.map(({ what }) => what).join(", ")}`,
  ]
}

function eventsWithin(events: readonly PhaseEvent[], timeline: readonly Moment[], index: number): PhaseEvent[] {
  const begin = timeline[index - 1]?.atSeconds ?? 0
  const end = timeline[index]?.atSeconds ?? 0
  return events.filter(({ atSeconds }) => atSeconds >= begin && atSeconds < end)
}

function bound({ verdict: { stalenessBoundMs } }: RunReport): string[] {
  return [
    `A read is stale if it is more than ${stalenessBoundMs} ms behind what was acknowledged before it was sent: one process`,
    "serves, which sees its own writes and tag invalidations at once, near caches included. Of several processes, each may",
    "be behind the changes of the others by the maxStaleness of a near cache. A strict read, of price and stock, is stale if",
    "it shows anything from before what had been committed when it was sent, acknowledged or not, whoever serves.",
  ]
}

function verdict({ phases, verdict: { ok, strict, errors, ...leased } }: RunReport): string[] {
  if (ok) return [`Good: stale reads ${staleOf(leased)} checked, strict ones ${staleOf(strict)}, 0 errors.`]
  const kinds = phases.flatMap((phase) =>
    Object.entries(phase.errorKinds).map(([kind, count]) => `  ${phase.name}: ${whole(count)} x ${kind}`),
  )
  const examples = phases.flatMap((phase) =>
    phase.staleExamples.map(
      ({ what, id, expected, seen }) =>
        `  ${phase.name}: ${what} ${id} had version ${seen}, at least ${expected} was due`,
    ),
  )
  return [
    `NOT good: stale reads ${staleOf(leased)} checked, strict ones ${staleOf(strict)}, ${whole(errors)} errors.`,
    ...kinds,
    ...examples,
  ]
}
