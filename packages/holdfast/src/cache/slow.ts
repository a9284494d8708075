import type { Clock } from "../contracts/clock.ts"

/**
 * Settles as `work` does, or with "slow" once `ms` milliseconds have passed.
 *
 * @param isLate asked once, when the time is over: false lets it wait for `work` after all
 */
export function orSlow<T>(clock: Clock, ms: number, work: Promise<T>, isLate: () => boolean): Promise<T | "slow"> {
  return new Promise<T | "slow">((resolve, reject) => {
    const timer = clock.setTimeout(() => isLate() && resolve("slow"), ms)
    work.finally(() => clock.clearTimeout(timer)).then(resolve, reject)
  })
}
