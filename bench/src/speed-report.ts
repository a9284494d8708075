import type { Measurement } from "./load.ts"
import { median, round2 } from "./median.ts"
import { ratioCells, ratioOf, type Ratio } from "./ratio.ts"
import { textTable } from "./text-table.ts"

/** One line of the result: medians over the rounds, and the ratio of requests per second against the peer. */
export interface Line extends Partial<Ratio> {
  readonly workload: string
  readonly candidate: string
  readonly opsPerSecond: number
  readonly cpuUs: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly goal: number | undefined
}

export function linesOf(
  workload: { readonly id: string; readonly goal?: number },
  candidates: readonly { readonly id: string; readonly peer: string | undefined }[],
  results: ReadonlyMap<string, readonly Measurement[]>,
): readonly Line[] {
  const speeds = (id: string): number[] => (results.get(id) ?? []).map(({ opsPerSecond }) => opsPerSecond)
  return candidates.map(({ id, peer }) => {
    const own = results.get(id) ?? []
    return {
      workload: workload.id,
      candidate: id,
      opsPerSecond: Math.round(median(speeds(id))),
      cpuUs: round2(median(own.map((one) => one.cpuUs))),
      p50Ms: round2(median(own.map((one) => one.p50Ms))),
      p99Ms: round2(median(own.map((one) => one.p99Ms))),
      ...(peer === undefined ? {} : ratioOf(speeds(id), speeds(peer))),
      goal: peer === undefined ? undefined : workload.goal,
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
    ...ratioCells(line, ">="),
  ])
  return textTable(title, head, rows)
}
