import type { Clock } from "../contracts/clock.ts"
import type { RedisReply } from "../contracts/redis-client.ts"

/** After this long a sample is replaced even by one that was slower to get, since clocks drift and operators set them. */
const sampleLifeMs = 30_000

/** An estimate of a server's wall time (R9): the middle of the quickest recent TIME, carried on by our monotonic clock. */
export class ServerClock {
  readonly #clock: Clock
  #offsetMs: number
  #sample: { readonly roundTripMs: number; readonly takenMs: number } | undefined

  /** Until the first sample our own wall clock has to do. */
  constructor(clock: Clock) {
    this.#clock = clock
    this.#offsetMs = clock.now() - clock.monotonic()
  }

  /** Whole milliseconds since the epoch. */
  now(): number {
    return Math.floor(this.#clock.monotonic() + this.#offsetMs)
  }

  /** Takes the reply of a TIME that was sent at `sentMs` and has just arrived. */
  take(reply: RedisReply, sentMs: number): void {
    const serverMs = millisecondsOf(reply)
    const takenMs = this.#clock.monotonic()
    const roundTripMs = takenMs - sentMs
    if (serverMs === undefined) return
    const kept = this.#sample
    if (kept !== undefined && roundTripMs > kept.roundTripMs && takenMs - kept.takenMs < sampleLifeMs) return
    this.#sample = { roundTripMs, takenMs }
    this.#offsetMs = serverMs - (sentMs + roundTripMs / 2)
  }

  /** A new server has a clock of its own. */
  forget(): void {
    this.#sample = undefined
  }
}

/** TIME answers seconds and microseconds as two strings. */
function millisecondsOf(reply: RedisReply): number | undefined {
  if (!Array.isArray(reply)) return undefined
  const [seconds, micros] = (reply as readonly RedisReply[]).map((part) => Number(String(part)))
  if (seconds === undefined || micros === undefined) return undefined
  const ms = seconds * 1000 + micros / 1000
  return Number.isFinite(ms) ? ms : undefined
}
