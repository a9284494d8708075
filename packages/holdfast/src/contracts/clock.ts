/** A running timer, as returned by {@link Clock.setTimeout}. Opaque. */
export type Timer = unknown

/** Time as the library sees it. Everything that waits or measures takes one, so that tests and the simulator own time. */
export interface Clock {
  /** Wall time in milliseconds since the epoch. It orders nothing (R9): it only seeds the estimate of server time. */
  now(): number
  /** Milliseconds since an arbitrary origin; never goes backwards. All deadlines of this process are measured with it. */
  monotonic(): number
  /** Runs `run` once after `ms` milliseconds. Never keeps the process alive. */
  setTimeout(run: () => void, ms: number): Timer
  /** Stops a timer. Does nothing when it has run, or for `undefined`. */
  clearTimeout(timer: Timer): void
  /**
   * Keeps the process alive until the function that it answers is called: for what somebody awaits, and nothing else may be open for,
   * such as the next attempt to connect.
   */
  keepAlive(): () => void
  /** Runs `run` after one poll phase of the event loop, when replies that have already arrived have been handed out. */
  afterPoll(run: () => void): void
}
