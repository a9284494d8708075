import { cpus, loadavg } from "node:os"
import type { Candidate } from "./candidate.ts"
import type { Measurement } from "./measure.ts"
import { median } from "./rounds.ts"
import type { Workload } from "./workload.ts"

/** One line of the result: medians over the rounds, and the ratio against the peer as the median of the ratios per round. */
export interface Line {
  readonly workload: string
  readonly candidate: string
  readonly opsPerSecond: number
  readonly cpuUs: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly ratio: number | undefined
  /** Lowest and highest ratio of a round. */
  readonly ratioRange: readonly [number, number] | undefined
  readonly goal: number | undefined
}

export function linesOf(
  workload: Workload,
  candidates: readonly Candidate[],
  results: ReadonlyMap<string, readonly Measurement[]>,
): readonly Line[] {
  return candidates.map(({ id, peer }) => {
    const own = results.get(id) ?? []
    const against = peer === undefined ? undefined : results.get(peer)
    const ratios =
      against && own.map(({ opsPerSecond }, round) => opsPerSecond / (against[round]?.opsPerSecond ?? Number.NaN))
    return {
      workload: workload.id,
      candidate: id,
      opsPerSecond: Math.round(median(own.map((one) => one.opsPerSecond))),
      cpuUs: round2(median(own.map((one) => one.cpuUs))),
      p50Ms: round2(median(own.map((one) => one.p50Ms))),
      p99Ms: round2(median(own.map((one) => one.p99Ms))),
      ratio: ratios && round2(median(ratios)),
      ratioRange: ratios && [round2(Math.min(...ratios)), round2(Math.max(...ratios))],
      goal: ratios && workload.goal,
    }
  })
}

export function table(title: string, lines: readonly Line[]): string {
  const head = ["", "requests/s", "CPU us", "p50 ms", "p99 ms", "ratio", "range", "goal"]
  const rows = lines.map((line) => [
    line.candidate,
    line.opsPerSecond.toLocaleString("en"),
    String(line.cpuUs),
    String(line.p50Ms),
    String(line.p99Ms),
    line.ratio === undefined ? "" : line.ratio.toFixed(2),
    line.ratioRange === undefined ? "" : line.ratioRange.map((ratio) => ratio.toFixed(2)).join(" - "),
    line.goal === undefined ? "" : `>= ${line.goal}`,
  ])
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
  return [`\n${title}`, line(head), ...rows.map(line)].join("\n")
}

/** What a figure depends on besides the code. */
export function conditions(server: string, rounds: number, seconds: number): Record<string, string | number> {
  const processor = cpus()[0]?.model.trim() ?? "unknown"
  const load = loadavg()
    .map((value) => value.toFixed(1))
    .join(" ")
  return { node: process.version, server, cores: cpus().length, processor, load, rounds, seconds }
}

function round2(value: number): number {
  return Math.round(value * 100) / 100
}
