import type { Flags } from "../flags.ts"
import { stalenessBoundMs } from "../load/oracle.ts"
import type { ReadCount } from "../load/oracle.ts"
import type { PhaseReport } from "./phase-report.ts"

/** Where and how a run was made. */
export interface RunSettings {
  /** ISO 8601. */
  readonly startedAt: string
  readonly environment: {
    readonly node: string
    readonly platform: string
    readonly cpu: string
    readonly cores: number
    readonly memoryGb: number
    readonly database: { readonly version: string; readonly origin: string; readonly description: string }
    readonly store: { readonly version: string | null; readonly origin: string; readonly description: string }
    /** What the driver shares the cores with; true of every run of this demo. */
    readonly loadDriverSharesCores: true
  }
  /** The command line as it was understood; null where nothing was asked for. */
  readonly flags: Readonly<Record<keyof Flags, string | number | boolean | null>>
  readonly data: {
    readonly products: number
    readonly users: number
    readonly orders: number
    readonly categories: number
  }
  readonly load: {
    /** Share of each kind of request, in percent. */
    readonly mix: Readonly<Record<string, number>>
    readonly keys: string
    readonly connections: number
    readonly seed: number
  }
}

/** The whole report: what `--json` prints. */
export interface RunReport extends RunSettings {
  readonly schemaVersion: 1
  readonly phases: readonly PhaseReport[]
  /** Why there is no outage phase, if there is none. */
  readonly outageSkipped: string | null
  readonly comparison: Comparison
  readonly verdict: Verdict
}

/** The cached phase against the uncached one. */
export interface Comparison {
  readonly requestsPerSecondRatio: number
  readonly p50Ratio: number
  readonly p99Ratio: number
  /** Database queries per request that the cache made unnecessary, as a share. */
  readonly databaseQueriesSaved: number
}

export interface Verdict {
  readonly ok: boolean
  /** How far behind an acknowledged change a read might have been without being stale. */
  readonly stalenessBoundMs: number
  /** Of leased caches. */
  readonly checkedReads: number
  readonly staleReads: number
  /** Of strict ones. */
  readonly strict: ReadCount
  readonly errors: number
}

/** Puts a report together. */
export function createReport(
  settings: RunSettings,
  phases: readonly PhaseReport[],
  outageSkipped: string | null,
): RunReport {
  return {
    schemaVersion: 1,
    ...settings,
    phases,
    outageSkipped,
    comparison: compare(phaseNamed(phases, "uncached"), phaseNamed(phases, "cached")),
    verdict: judgeRun(phases),
  }
}

/** The phase of this name; every report has the first two. */
export function phaseNamed(phases: readonly PhaseReport[], name: PhaseReport["name"]): PhaseReport {
  const found = phases.find((phase) => phase.name === name)
  if (found === undefined) throw new Error(`The report has no phase "${name}".`)
  return found
}

function compare(uncached: PhaseReport, cached: PhaseReport): Comparison {
  return {
    requestsPerSecondRatio: ratio(cached.requestsPerSecond, uncached.requestsPerSecond),
    p50Ratio: ratio(cached.latency.p50Ms, uncached.latency.p50Ms),
    p99Ratio: ratio(cached.latency.p99Ms, uncached.latency.p99Ms),
    databaseQueriesSaved: 1 - ratio(cached.databaseQueriesPer1000Requests, uncached.databaseQueriesPer1000Requests),
  }
}

/** A run is good if no read was stale and no answer was an error. */
function judgeRun(phases: readonly PhaseReport[]): Verdict {
  const sum = (count: (phase: PhaseReport) => number): number =>
    phases.reduce((total, phase) => total + count(phase), 0)
  const staleReads = sum((phase) => phase.staleReads)
  const errors = sum((phase) => phase.errors)
  const checkedReads = sum((phase) => phase.checkedReads)
  const strict = {
    checkedReads: sum((phase) => phase.strict.checkedReads),
    staleReads: sum((phase) => phase.strict.staleReads),
  }
  const isFresh = (count: ReadCount): boolean => count.staleReads === 0 && count.checkedReads > 0
  return {
    ok: isFresh({ checkedReads, staleReads }) && isFresh(strict) && errors === 0,
    stalenessBoundMs,
    checkedReads,
    staleReads,
    strict,
    errors,
  }
}

function ratio(value: number, base: number): number {
  return base === 0 ? 0 : value / base
}
