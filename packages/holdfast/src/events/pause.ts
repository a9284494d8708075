import type { Clock, Timer } from "../contracts/clock.ts"

/** The waits of one loop, which news may end. News that come while nobody waits end the next wait at once. */
export class Pause {
  readonly #clock: Clock
  #hasNews = false
  #end: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** There is something to look at. */
  wake(): void {
    this.#hasNews = true
    this.#end?.()
  }

  /** Forgets the news that have come so far, because whoever waits next is about to look. */
  looked(): void {
    this.#hasNews = false
  }

  /** Resolves after `ms`, or with news. */
  async for(ms: number): Promise<void> {
    if (this.#hasNews) return
    await new Promise<void>((resolve) => {
      const timer: Timer = this.#clock.setTimeout(resolve, ms)
      this.#end = () => {
        this.#clock.clearTimeout(timer)
        resolve()
      }
    })
    this.#end = undefined
  }
}
