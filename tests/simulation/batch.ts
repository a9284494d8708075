import { leastEvents } from "./oracles/convergence.ts"
import { CoverageTable } from "./tally/coverage-table.ts"
import { runHistory, type HistoryResult } from "./run-history.ts"

/** Which histories to run: seeds from `seed` in steps of `step`, and for each the mix that its seed falls on. */
export interface BatchOptions {
  readonly seed: number
  readonly histories: number
  readonly step: number
  readonly mixes: readonly string[]
  readonly isNaive: boolean
  /** Ends the batch early after this many histories that went wrong. Each of them is reported at once. */
  readonly badMax: number
}

/** A history that went wrong. */
export interface BadHistory {
  readonly seed: number
  readonly mix: string
  readonly kinds: readonly string[]
  readonly what: string
}

/** What became of many histories; can be sent to another thread. */
export interface BatchReport {
  readonly histories: number
  readonly events: number
  readonly operations: number
  readonly fewestEvents: number
  /** Histories of fewer than 200 events, which show little. */
  readonly short: number
  readonly bad: readonly BadHistory[]
  readonly coverage: CoverageTable["data"]
}

/** Histories between two reports: so few that whoever hears none for long may take the present one for endless. */
const reportEvery = 8

/** Runs histories one after the other. `isStopped` is asked after each. */
export async function runBatch(
  options: BatchOptions,
  progress: (done: BatchReport) => void,
  isStopped: () => boolean,
): Promise<BatchReport> {
  const table = new CoverageTable()
  const bad: BadHistory[] = []
  const sums = { histories: 0, events: 0, operations: 0, fewestEvents: Infinity, short: 0 }
  const report = (): BatchReport => ({ ...sums, bad, coverage: table.data })
  for (let at = 0; at < options.histories && bad.length < options.badMax && !isStopped(); at += 1) {
    const seed = options.seed + at * options.step
    const mix = options.mixes[seed % options.mixes.length] as string
    const result = await runHistory({ seed, mix, isNaive: options.isNaive })
    sums.histories += 1
    sums.events += result.events
    sums.operations += result.operations
    sums.fewestEvents = Math.min(sums.fewestEvents, result.events)
    if (result.events < leastEvents) sums.short += 1
    table.add(result)
    if (result.violations.length > 0) bad.push(summary(result))
    if (result.violations.length > 0 || (at + 1) % reportEvery === 0) progress(report())
  }
  return report()
}

function summary({ seed, mix, violations }: HistoryResult): BadHistory {
  return { seed, mix, kinds: [...new Set(violations.map(({ kind }) => kind))], what: violations[0]?.what ?? "" }
}
