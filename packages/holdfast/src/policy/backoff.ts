import type { Random } from "../contracts/random.ts"

/** Waits that grow between attempts that fail, spread over their whole range so that many processes do not return at once. */
export interface Backoff {
  /** The next wait in milliseconds: evenly drawn from 0 up to a ceiling that doubles with every call. */
  nextMs(): number
  /** Starts over, after an attempt that has lasted. */
  reset(): void
}

/** Full jitter: the ceiling is `baseMs` at first and never more than `capMs`. */
export function backoff(options: {
  readonly random: Random
  readonly baseMs: number
  readonly capMs: number
}): Backoff {
  const { random, baseMs, capMs } = options
  let ceilingMs = baseMs
  return {
    nextMs: () => {
      const waitMs = random.float() * Math.min(ceilingMs, capMs)
      ceilingMs = Math.min(ceilingMs * 2, capMs)
      return waitMs
    },
    reset: () => {
      ceilingMs = baseMs
    },
  }
}
