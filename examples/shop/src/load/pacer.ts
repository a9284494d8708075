import { setTimeout as sleep } from "node:timers/promises"

/** Says when the next request starts. */
export interface Pacer {
  /**
   * Waits for the next start and answers its time on the clock of `performance.now()`; undefined at the end.
   *
   * With a rate, the time is the one that was planned: a request that had to wait for a free connection began to wait
   * then, and its latency counts from there. Else a slow service would slow its own load down and look fast.
   */
  next(): Promise<number | undefined>
}

/** Paces by `ratePerSecond`, or as fast as answers come if that is undefined, until `endMs`. */
export function createPacer(ratePerSecond: number | undefined, endMs: number): Pacer {
  if (ratePerSecond === undefined) {
    return {
      next: () => {
        const now = performance.now()
        return Promise.resolve(now < endMs ? now : undefined)
      },
    }
  }
  const beginMs = performance.now()
  let started = 0
  return {
    async next() {
      const planned = beginMs + (started++ * 1000) / ratePerSecond
      if (planned >= endMs) return undefined
      const waitMs = planned - performance.now()
      if (waitMs > 0.5) await sleep(waitMs)
      return planned
    },
  }
}
