import type { Clock } from "../contracts/clock.ts"

/** Resolves when `work` does, or after `ms`. */
export function withinMs(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.setTimeout(resolve, ms)
    const done = (): void => {
      clock.clearTimeout(timer)
      resolve()
    }
    work.then(done, done)
  })
}
