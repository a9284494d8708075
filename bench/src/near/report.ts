import { median, round2 } from "../median.ts"
import { ratioCells, ratioOf, type Ratio } from "../ratio.ts"
import { textTable } from "../text-table.ts"
import { reference } from "./candidates.ts"
import type { GetMeasurement } from "./gets.ts"
import type { HitRatio } from "./hit-ratio.ts"
import type { BytesWorkload, GetWorkload } from "./workload.ts"

/** Medians over the rounds; the ratio is gets per CPU time against the reference. */
export interface GetLine extends Partial<Ratio> {
  readonly workload: string
  readonly candidate: string
  readonly opsPerSecond: number
  readonly cpuNs: number
  readonly goal: number
}

/** Median over the rounds; the ratio is bytes against the reference. */
export interface BytesLine extends Partial<Ratio> {
  readonly workload: string
  readonly candidate: string
  readonly bytes: number
  readonly goal: number
}

export function getLines(
  { id: workload, goal }: GetWorkload,
  results: ReadonlyMap<string, readonly GetMeasurement[]>,
): readonly GetLine[] {
  const rates = (id: string): number[] => (results.get(id) ?? []).map(({ cpuNs }) => 1 / cpuNs)
  return [...results].map(([candidate, rounds]) => ({
    workload,
    candidate,
    opsPerSecond: Math.round(median(rounds.map(({ opsPerSecond }) => opsPerSecond))),
    cpuNs: Math.round(median(rounds.map(({ cpuNs }) => cpuNs))),
    ...(candidate === reference ? {} : ratioOf(rates(candidate), rates(reference))),
    goal,
  }))
}

export function bytesLines(
  { id: workload, goal }: BytesWorkload,
  results: ReadonlyMap<string, readonly number[]>,
): readonly BytesLine[] {
  return [...results].map(([candidate, rounds]) => ({
    workload,
    candidate,
    bytes: Math.round(median(rounds)),
    ...(candidate === reference ? {} : ratioOf(rounds, results.get(reference) ?? [])),
    goal,
  }))
}

export function getTable(title: string, lines: readonly GetLine[]): string {
  const rows = lines.map((line) => [
    line.candidate,
    line.opsPerSecond.toLocaleString("en"),
    String(line.cpuNs),
    ...ratioCells(line, ">="),
  ])
  return textTable(title, ["", "gets/s", "CPU ns", "ratio", "range", "goal"], rows)
}

export function bytesTable(title: string, lines: readonly BytesLine[]): string {
  const rows = lines.map((line) => [line.candidate, String(line.bytes), ...ratioCells(line, "<=")])
  return textTable(title, ["", "bytes", "ratio", "range", "goal"], rows)
}

export function hitRatioTable(title: string, ratios: readonly HitRatio[]): string {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
  const rows = ratios.map(({ trace, accesses, distinctKeys, entries, sieve, lru }) => [
    trace,
    accesses.toLocaleString("en"),
    distinctKeys.toLocaleString("en"),
    entries.toLocaleString("en"),
    percent(sieve),
    percent(lru),
    round2((sieve - lru) * 100).toFixed(1),
  ])
  return textTable(title, ["", "accesses", "keys", "entries", "SIEVE", "LRU", "points"], rows)
}
