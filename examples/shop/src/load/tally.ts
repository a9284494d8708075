import { createHistogram } from "node:perf_hooks"
import type { RecordableHistogram } from "node:perf_hooks"
import type { Verdict } from "./judge.ts"

/** Latencies in milliseconds. */
export interface Latency {
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** What happened in a stretch of time. */
export interface TallyFigures {
  readonly requests: number
  readonly writes: number
  readonly latency: Latency
  readonly notFound: number
  readonly soldOut: number
  readonly refusedByCarrier: number
  /** Changes of price or stock that were refused because the cache could not be told. */
  readonly refusedByCache: number
  readonly errors: number
  /** How often each error came, at most ten kinds. */
  readonly errorKinds: Readonly<Record<string, number>>
}

const KINDS = 10

/** Counts answers and their latencies. */
export class Tally {
  readonly #latencies: RecordableHistogram = createHistogram()
  #counts = { requests: 0, writes: 0, notFound: 0, soldOut: 0, refusedByCarrier: 0, refusedByCache: 0, errors: 0 }
  #errorKinds = new Map<string, number>()

  add(answer: { readonly latencyMs: number; readonly write: boolean; readonly verdict: Verdict }): void {
    this.#latencies.record(Math.max(1, Math.round(answer.latencyMs * 1000)))
    this.#counts.requests++
    if (answer.write) this.#counts.writes++
    if (typeof answer.verdict === "object") this.#addError(answer.verdict.error)
    else if (answer.verdict === "not-found") this.#counts.notFound++
    else if (answer.verdict === "sold-out") this.#counts.soldOut++
    else if (answer.verdict === "refused-by-carrier") this.#counts.refusedByCarrier++
    else if (answer.verdict === "refused-by-cache") this.#counts.refusedByCache++
  }

  /** The figures since the last call. */
  take(): TallyFigures {
    const figures = {
      ...this.#counts,
      latency: latencyOf(this.#latencies),
      errorKinds: Object.fromEntries(this.#errorKinds),
    }
    this.#latencies.reset()
    this.#counts = {
      requests: 0,
      writes: 0,
      notFound: 0,
      soldOut: 0,
      refusedByCarrier: 0,
      refusedByCache: 0,
      errors: 0,
    }
    this.#errorKinds = new Map()
    return figures
  }

  #addError(kind: string): void {
    this.#counts.errors++
    const known = this.#errorKinds.has(kind) || this.#errorKinds.size < KINDS ? kind : "others"
    this.#errorKinds.set(known, (this.#errorKinds.get(known) ?? 0) + 1)
  }
}

function latencyOf(histogram: RecordableHistogram): Latency {
  if (histogram.count === 0) return { p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 }
  const ms = (percentile: number): number => histogram.percentile(percentile) / 1000
  return { p50Ms: ms(50), p95Ms: ms(95), p99Ms: ms(99), maxMs: histogram.max / 1000 }
}
