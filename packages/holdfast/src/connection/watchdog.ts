import type { Clock, Timer } from "../contracts/clock.ts"
import { hasCode } from "../errors/holdfast-error.ts"
import type { DeadlineQueue } from "../policy/deadline-queue.ts"
import { bounded } from "./bounded.ts"

export interface WatchdogOptions {
  readonly clock: Clock
  readonly deadlines: DeadlineQueue
  /** How often an otherwise idle connection is asked for a sign of life. */
  readonly beatMs: number
  /** How long an answer may take. */
  readonly timeoutMs: number
  /** How many silences in a row mean that the socket is dead. */
  readonly missLimit: number
  /** Sends something harmless that the server must answer. */
  ping(): Promise<unknown>
  /** The socket is dead: destroy it. Called at most once. */
  dead(why: string): void
}

/**
 * Finds out that a socket is dead although nobody has closed it: a link that was cut, or a frozen server.
 *
 * After a first missed deadline it asks by itself, whatever the breaker lets through, until there is an answer or the limit is reached.
 * Deadlines missed at the same time count once: a slow script is no reason to reconnect.
 */
export class Watchdog {
  readonly #options: WatchdogOptions
  #misses = 0
  #lastMissMs = 0
  #pinging = false
  #stopped = false
  #timer: Timer

  constructor(options: WatchdogOptions) {
    this.#options = options
    this.#scheduleBeat()
  }

  /** An answer has come, on time or not. */
  alive(): void {
    this.#misses = 0
  }

  /** No answer to what was sent at `sentMs` has come in time. */
  missed(sentMs: number): void {
    if (this.#stopped || (this.#misses > 0 && sentMs < this.#lastMissMs)) return
    this.#misses++
    this.#lastMissMs = this.#options.clock.monotonic()
    if (this.#misses < this.#options.missLimit) this.#ping()
    else {
      this.stop()
      this.#options.dead(`no answer ${this.#misses} times in a row`)
    }
  }

  #ping(): void {
    this.#askForSign().catch(() => {})
  }

  async #askForSign(): Promise<void> {
    if (this.#pinging || this.#stopped) return
    this.#pinging = true
    const sentMs = this.#options.clock.monotonic()
    const answer = this.#options.ping()
    answer.then(
      () => this.alive(),
      (error: unknown) => {
        if (hasCode(error, "SERVER_REFUSED")) this.alive()
      },
    )
    const outcome = await bounded(answer, this.#options.timeoutMs, this.#options)
    this.#pinging = false
    if (outcome.is === "timeout" && !outcome.stalled) this.missed(sentMs)
  }

  stop(): void {
    this.#stopped = true
    this.#options.clock.clearTimeout(this.#timer)
  }

  #scheduleBeat(): void {
    this.#timer = this.#options.clock.setTimeout(() => {
      this.#scheduleBeat()
      this.#ping()
    }, this.#options.beatMs)
  }
}
