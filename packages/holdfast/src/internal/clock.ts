import { performance } from "node:perf_hooks"

/** Node lets a timer that is set for longer run at once. Nothing here waits for 25 days in earnest, so it ends then. */
const longestMs = 2 ** 31 - 1

/** The machine's own clock; satisfies `contracts/clock.ts` by shape. The only file that may touch time. */
export const systemClock = {
  now(): number {
    return Date.now()
  },
  monotonic(): number {
    return performance.now()
  },
  setTimeout(run: () => void, ms: number): unknown {
    return setTimeout(run, Math.min(ms, longestMs)).unref()
  },
  clearTimeout(timer: unknown): void {
    clearTimeout(timer as NodeJS.Timeout)
  },
  keepAlive(): () => void {
    const timer = setInterval(() => {}, longestMs)
    return () => clearInterval(timer)
  },
  afterPoll(run: () => void): void {
    setImmediate(run)
  },
}
