import type { Random } from "../contracts/random.ts"

/** Waits that grow between attempts that fail, spread over their whole range so that many processes do not return at once. */
export interface Backoff {
  /** The next wait in milliseconds: evenly drawn from 0 up to a ceiling that doubles with every call. */
  nextMs(): number
  /** Starts over, after an attempt that has lasted. */
  reset(): void
}

/** Between which waits, in milliseconds, and how they are spread. */
export interface BackoffPolicy {
  readonly random: Random
  readonly baseMs: number
  readonly capMs: number
}

/**
 * The wait in milliseconds after so many failures in a row, at least 1: evenly drawn from the upper half of what lies below a ceiling,
 * which is `baseMs` at first, doubles with each failure, and is never more than `capMs`. So the next attempt never comes at once.
 */
export function backoffMs(failures: number, { random, baseMs, capMs }: BackoffPolicy): number {
  const ceilingMs = Math.min(capMs, baseMs * 2 ** (failures - 1))
  return (ceilingMs * (1 + random.float())) / 2
}

/** Full jitter: the ceiling is `baseMs` at first and never more than `capMs`. */
export function backoff(options: BackoffPolicy): Backoff {
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
