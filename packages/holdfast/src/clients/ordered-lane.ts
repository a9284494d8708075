interface Waiting {
  readonly alone: boolean
  start(): void
}

/**
 * Commands to a client that sends what it gets in one turn in no fixed order.
 *
 * They start at once, but for a command that speaks about the next one (ASKING): each of the two has the connection to itself.
 */
export class OrderedLane {
  readonly #waiting: Waiting[] = []
  #running = 0
  #isAlone = false
  #nextIsAlone = false

  /** Runs a command, now or when it is its turn. */
  run<T>(speaksAboutNext: boolean, command: () => Promise<T>): Promise<T> {
    const alone = speaksAboutNext || this.#nextIsAlone
    this.#nextIsAlone = speaksAboutNext
    if (!alone && !this.#isAlone && this.#waiting.length === 0) return this.#start(false, command)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ alone, start: () => void this.#start(alone, command).then(resolve, reject) })
      this.#startWaiting()
    })
  }

  #start<T>(alone: boolean, command: () => Promise<T>): Promise<T> {
    this.#running++
    this.#isAlone = alone
    const running = command()
    running.then(this.#ended, this.#ended)
    return running
  }

  readonly #ended = (): void => {
    this.#running--
    if (this.#running === 0) this.#isAlone = false
    if (this.#waiting.length > 0) this.#startWaiting()
  }

  #startWaiting(): void {
    while (!this.#isAlone && (this.#waiting[0]?.alone === false || this.#running === 0)) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      next.start()
    }
  }
}
