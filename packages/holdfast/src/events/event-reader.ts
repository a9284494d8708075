import type { Clock, Timer } from "../contracts/clock.ts"
import type { EventReaderStats } from "../contracts/domain-event.ts"
import type { EventNews, EventPage, EventPosition, EventStreamStore } from "../contracts/event-stream.ts"
import type { Random } from "../contracts/random.ts"
import type { EventAddress } from "../entry/event-address.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { backoff, backoffMs, type Backoff } from "../policy/backoff.ts"
import { CatchUps } from "./catch-ups.ts"
import { stepsOf, type Step } from "./page-steps.ts"
import { Pause } from "./pause.ts"
import type { ReaderFigures, WorkProgress } from "./reader-figures.ts"

/** How long a process that has died keeps the others from reading, in milliseconds. */
const leaseMs = 8000
/** How often to ask without news: messages may be lost, and the lease must be prolonged. */
const pollMs = 2000
const pageLimit = 64
/** How often to ask how far another process has come while somebody waits for that. */
const catchUpPace = { baseMs: 10, capMs: 1000 }

/** What a reader has found. */
export interface PageToDo {
  readonly steps: readonly Step[]
  /** What had been published last when the page was read. */
  readonly head: EventPosition
  /** Whether the reader has no place yet. */
  readonly isUnknown: boolean
}

/** What is done about the events of a stream. */
export interface ReaderWork extends WorkProgress {
  /** This process has become the one that reads. The signal is aborted when another one has, or the reader is to end. */
  begin(signal: AbortSignal): void
  /** Answers the place to read on from. Rejects if the page is to be done again. */
  do(page: PageToDo): Promise<EventPosition | undefined>
  /** Resolves once nothing is under way any more. Called when the signal is aborted. */
  end(): Promise<void>
}

/** What a reader is made of. */
export interface EventReaderOptions {
  readonly store: EventStreamStore
  readonly stream: EventAddress
  /** Names the place in the store. */
  readonly place: string
  /** Name of the cache or group. */
  readonly name: string
  readonly kind: EventReaderStats["kind"]
  readonly keepMs: number
  readonly clock: Clock
  readonly random: Random
  readonly work: ReaderWork
  readonly figures: ReaderFigures
  readonly storeFailed: (operation: string, error: unknown) => void
}

/**
 * Reads one stream for one cache or group: one process at a time, by its lease, in the order of publication. The place that is kept in
 * the store moves with what is done, so that what a process has begun and not ended is done again by itself or by the next one.
 */
export class EventReader {
  readonly #options: EventReaderOptions
  readonly #token: string
  readonly #pause: Pause
  readonly #backoff: Backoff
  readonly #catchUps = new CatchUps()
  readonly #unsubscribe: () => void
  readonly #done: Promise<void>
  #isEnding = false
  /** While this process reads. */
  #tenure: AbortController | undefined
  /** The last that was handed to the work. */
  #ahead: EventPosition | undefined
  /** How often in a row somebody has waited in vain for another process. */
  #looks = 0

  constructor(options: EventReaderOptions) {
    const { store, stream, clock, random } = options
    this.#options = options
    this.#token = random.token()
    this.#pause = new Pause(clock)
    this.#backoff = backoff({ random, baseMs: 100, capMs: 5000 })
    this.#unsubscribe = store.onNews(stream, (news) => this.#heard(news))
    // Whoever subscribes wants to handle what comes; a cache alone does not keep its process alive.
    const letGo = options.kind === "group" ? clock.keepAlive() : () => {}
    this.#done = this.#run().finally(letGo)
  }

  stats(): EventReaderStats {
    const { figures, name, kind, clock, work } = this.#options
    const stats = figures.stats(name, kind, clock.monotonic(), work)
    return this.#tenure === undefined ? { ...stats, isReading: false, lagMs: undefined } : stats
  }

  /**
   * Resolves once all that has been published by now is done, by whichever process reads. Rejects with `CLOSED`. Not for the work of
   * groups, which goes on with what is tried again after the page.
   */
  caughtUp(left: AbortSignal): Promise<void> {
    const caughtUp = this.#catchUps.begin(left)
    this.#looks = 0
    this.#pause.wake()
    return caughtUp
  }

  /** Never rejects. */
  close(): Promise<void> {
    this.#isEnding = true
    this.#catchUps.end(new HoldfastError("CLOSED", "This Holdfast was closed before its caches had caught up."))
    this.#tenure?.abort()
    this.#unsubscribe()
    this.#pause.wake()
    return this.#done
  }

  /** Only who reads is to look for events, and only who does not for a lease. */
  #heard(news: EventNews): void {
    if ((this.#tenure !== undefined) === (news === "published")) this.#pause.wake()
  }

  async #run(): Promise<void> {
    while (!this.#isEnding) {
      try {
        const restMs = await this.#turn()
        this.#backoff.reset()
        if (restMs > 0) await this.#pause.for(restMs)
      } catch (error) {
        // What the end itself has broken off goes on elsewhere.
        if (this.#isEnding) break
        this.#options.storeFailed("read-events", error)
        await this.#pause.for(this.#backoff.nextMs())
      }
    }
    await this.#end()
  }

  /** Asks once and does what it finds. Answers how long to wait before it asks again. */
  async #turn(): Promise<number> {
    this.#pause.looked()
    const told = this.#catchUps.asking()
    const page = await this.#read(pageLimit, leaseMs)
    told(page.head)
    if (page.heldForMs !== undefined) {
      this.#lose()
      this.#reached(page.position, page)
      return this.#lookAgainMs(page.heldForMs)
    }
    if (this.#isEnding) return 0
    const tenure = this.#tenure ?? this.#begin()
    const position = this.#ahead ?? page.position
    this.#reached(position, page)
    const steps = stepsOf({ ...page, position }, pageLimit)
    if (steps.length === 0) return pollMs
    const found = { steps, head: page.head, isUnknown: position === undefined }
    const ahead = await this.#prolonging(this.#options.work.do(found))
    if (tenure !== this.#tenure) return 0
    this.#ahead = ahead
    return ahead === undefined ? pollMs : 0
  }

  #reached(place: EventPosition | undefined, { head }: EventPage): void {
    if (place !== undefined) this.#catchUps.reached(place, head)
  }

  /** When to ask again while another process reads. */
  #lookAgainMs(heldForMs: number): number {
    const { random } = this.#options
    // Nobody knows who takes over first: those who wait do not all come at once.
    const restMs = heldForMs + pollMs * random.float()
    if (!this.#catchUps.isAny) return restMs
    this.#looks += 1
    return Math.min(heldForMs, backoffMs(this.#looks, { random, ...catchUpPace }))
  }

  #begin(): AbortController {
    this.#tenure = new AbortController()
    this.#options.work.begin(this.#tenure.signal)
    return this.#tenure
  }

  /** Another process reads. */
  #lose(): void {
    this.#tenure?.abort()
    this.#tenure = undefined
    this.#ahead = undefined
  }

  async #read(limit: number, forMs: number): Promise<EventPage> {
    const { store, stream, place, keepMs, figures, clock, work } = this.#options
    const reached = this.#tenure === undefined ? undefined : work.reached
    const asked = { token: this.#token, leaseMs: forMs, limit, keepMs }
    try {
      const page = await store.read(stream, { reader: place, ...asked, reached, after: this.#ahead })
      figures.asked(page, clock.monotonic())
      return page
    } catch (error) {
      figures.failed(clock.monotonic())
      throw error
    }
  }

  /** Prolongs the lease while something lasts, and says so when that fails because another process reads. */
  async #prolonging<T>(lasting: Promise<T>): Promise<T> {
    const { clock } = this.#options
    let timer: Timer
    let isOver = false
    const prolong = (): void => {
      if (isOver) return
      timer = clock.setTimeout(() => {
        const took = (page: EventPage): void => (page.heldForMs === undefined ? prolong() : this.#lose())
        this.#read(0, leaseMs).then(took, prolong)
      }, leaseMs / 3)
    }
    prolong()
    try {
      return await lasting
    } finally {
      isOver = true
      clock.clearTimeout(timer)
    }
  }

  /** Keeps what was reached, and lets another process go on at once. */
  async #end(): Promise<void> {
    const { storeFailed, work } = this.#options
    await work.end()
    if (this.#tenure === undefined) return
    try {
      await this.#read(0, 0)
    } catch (error) {
      storeFailed("read-events", error)
    }
    this.#tenure = undefined
  }
}
