import { median, round2 } from "../median.ts"
import { textTable } from "../text-table.ts"
import type { Staleness } from "./cuts.ts"
import type { Drops } from "./drops.ts"

/** The 99th percentile that is promised, in milliseconds. */
const goalMs = 5

/** Medians over the rounds, in milliseconds: since the change was sent, and since it was acknowledged. */
export interface DropLine {
  readonly client: string
  readonly sentP50: number
  readonly sentP99: number
  readonly resolvedP50: number
  readonly resolvedP99: number
  readonly heardP50: number
  readonly heardP99: number
  readonly max: number
  readonly copies: number
  readonly goal: number
}

export function dropLine(client: string, rounds: readonly Drops[]): DropLine {
  const of = (which: keyof Drops, share: number): number =>
    round2(median(rounds.map((round) => quantile(round[which], share))))
  return {
    client,
    sentP50: of("sinceSent", 0.5),
    sentP99: of("sinceSent", 0.99),
    resolvedP50: of("sinceResolved", 0.5),
    resolvedP99: of("sinceResolved", 0.99),
    heardP50: of("heardSinceResolved", 0.5),
    heardP99: of("heardSinceResolved", 0.99),
    max: round2(Math.max(...rounds.map((round) => quantile(round.sinceSent, 1)))),
    copies: rounds.reduce((sum, { sinceSent }) => sum + sinceSent.length, 0),
    goal: goalMs,
  }
}

export function dropTable(title: string, lines: readonly DropLine[]): string {
  const head = [
    "",
    "sent p50",
    "sent p99",
    "resolved p50",
    "resolved p99",
    "goal p99",
    "bare p50",
    "bare p99",
    "max",
    "copies",
  ]
  const rows = lines.map((line) => [
    line.client,
    ...[line.sentP50, line.sentP99, line.resolvedP50, line.resolvedP99].map(String),
    `<= ${line.goal}`,
    ...[line.heardP50, line.heardP99].map(String),
    String(line.max),
    line.copies.toLocaleString("en"),
  ])
  return textTable(title, head, rows)
}

export function stalenessTable(title: string, lines: readonly (Staleness & { readonly client: string })[]): string {
  const head = ["", "subscriber connection", "longest stale", "near hits"]
  const rows = lines.map(({ client, cut, longestMs, nearHits }) => [
    client,
    cut,
    String(round2(longestMs)),
    nearHits.toLocaleString("en"),
  ])
  return textTable(title, head, rows)
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil((sorted.length - 1) * share)] ?? Number.NaN
}
