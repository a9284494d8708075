import { performance } from "node:perf_hooks"

/** The machine's own clock; satisfies `contracts/clock.ts` by shape. The only file that may touch time. */
export const systemClock = {
  now(): number {
    return Date.now()
  },
  monotonic(): number {
    return performance.now()
  },
  setTimeout(run: () => void, ms: number): unknown {
    return setTimeout(run, ms).unref()
  },
  clearTimeout(timer: unknown): void {
    clearTimeout(timer as NodeJS.Timeout)
  },
  afterPoll(run: () => void): void {
    setImmediate(run)
  },
}
