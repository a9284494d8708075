/** Knows when each version was acknowledged, and so for how long an answer had been outdated when its read began. */
export class StalenessRecord {
  readonly #acknowledged = new Map<string, { readonly version: number; readonly atMs: number }[]>()
  #longestMs = 0
  #stale = 0
  #answers = 0

  /** A change to this version was delivered, at the latest now. */
  acknowledge(key: string, version: number): void {
    const known = this.#acknowledged.get(key) ?? []
    known.push({ version, atMs: performance.now() })
    this.#acknowledged.set(key, known)
  }

  /** Notes the answer to a read that began at `beganMs`. Answers for how many milliseconds a newer version had been delivered by then. */
  judge(key: string, beganMs: number, version: number): number {
    this.#answers += 1
    const newer = (this.#acknowledged.get(key) ?? []).filter((each) => each.version > version)
    const sinceMs = Math.min(...newer.map(({ atMs }) => atMs), beganMs)
    const staleMs = beganMs - sinceMs
    if (staleMs > 0) this.#stale += 1
    this.#longestMs = Math.max(this.#longestMs, staleMs)
    return staleMs
  }

  /** Answers so far, those that were outdated, and the longest time for which one had been. */
  get figures(): { readonly answers: number; readonly stale: number; readonly longestMs: number } {
    return { answers: this.#answers, stale: this.#stale, longestMs: this.#longestMs }
  }
}
