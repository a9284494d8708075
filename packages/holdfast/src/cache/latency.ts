/** Quantiles of durations, in milliseconds; undefined while nothing was measured. */
export interface LatencySummary {
  /** How many were measured. */
  readonly count: number
  /** On average. */
  readonly meanMs: number | undefined
  /** Half took at most this long. Quantiles are up to 9 % too high. */
  readonly p50Ms: number | undefined
  /** 99 of 100 took at most this long. */
  readonly p99Ms: number | undefined
  /** The slowest. */
  readonly maxMs: number | undefined
}

const bucketsPerDoubling = 8
const smallestMs = 0.001
const buckets = 27 * bucketsPerDoubling

/**
 * A histogram with buckets that grow by 2^(1/8), so a quantile is off by at most 9 %; from 1 microsecond to about two minutes.
 * Constant memory, no allocation per record.
 */
export class LatencyHistogram {
  readonly #counts = new Uint32Array(buckets)
  #count = 0
  #sumMs = 0
  #maxMs = 0

  record(ms: number): void {
    const index =
      ms <= smallestMs ? 0 : Math.min(buckets - 1, Math.floor(Math.log2(ms / smallestMs) * bucketsPerDoubling))
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
    this.#count += 1
    this.#sumMs += ms
    if (ms > this.#maxMs) this.#maxMs = ms
  }

  summary(): LatencySummary {
    const some = this.#count > 0
    return {
      count: this.#count,
      meanMs: some ? this.#sumMs / this.#count : undefined,
      p50Ms: some ? this.#quantile(0.5) : undefined,
      p99Ms: some ? this.#quantile(0.99) : undefined,
      maxMs: some ? this.#maxMs : undefined,
    }
  }

  #quantile(share: number): number {
    let left = Math.ceil(this.#count * share)
    for (let index = 0; index < buckets; index += 1) {
      left -= this.#counts[index] ?? 0
      if (left <= 0) return Math.min(this.#maxMs, smallestMs * 2 ** ((index + 1) / bucketsPerDoubling))
    }
    return this.#maxMs
  }
}
