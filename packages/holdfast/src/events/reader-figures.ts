import type { EventReaderStats } from "../contracts/domain-event.ts"
import type { EventPage, EventPosition } from "../contracts/event-stream.ts"

/** What has become of the events that a reader was handed. */
export interface WorkProgress {
  /** All before it is done; undefined: nothing is since the work has begun. */
  readonly reached: EventPosition | undefined
  /** Id of the first entry that is not done; undefined: there is none. */
  readonly waitingEntry: string | undefined
}

/** What one reader of an event has done in this process, and how far it is behind. */
export class ReaderFigures {
  handled = 0
  failures = 0
  givenUp = 0
  unreadable = 0
  gaps = 0
  storeErrors = 0
  #page: EventPage | undefined
  #askedMs = 0
  /** Monotonic time of the first failure since the store has answered. */
  #failingSinceMs: number | undefined
  /** Monotonic time since which the place that is kept has not moved, although there is something to do. */
  #stoodSinceMs = 0

  /** The store has answered at this monotonic time. */
  asked(page: EventPage, atMs: number): void {
    const before = this.#page
    const wasAtEnd = before?.position !== undefined && lagOf(before.position, before.head) === 0
    if (before === undefined || wasAtEnd || before.position?.id !== page.position?.id) this.#stoodSinceMs = atMs
    this.#page = { ...page, events: [] }
    this.#askedMs = atMs
    this.#failingSinceMs = undefined
  }

  /** The store could not be asked at this monotonic time. */
  failed(atMs: number): void {
    this.storeErrors += 1
    this.#failingSinceMs ??= atMs
  }

  stats(reader: string, kind: EventReaderStats["kind"], nowMs: number, progress: WorkProgress): EventReaderStats {
    const { handled, failures, givenUp, unreadable, gaps, storeErrors } = this
    const isReading = this.#page !== undefined && this.#page.heldForMs === undefined
    const position = (isReading ? progress.reached : undefined) ?? this.#page?.position
    const lag = position && lagOf(position, this.#page?.head)
    const failingMs = this.#failingSinceMs === undefined ? undefined : nowMs - this.#failingSinceMs
    const lagMs = isReading ? this.#lagMs(lag, nowMs, progress.waitingEntry) : undefined
    const counts = { handled, failures, givenUp, unreadable, gaps, storeErrors }
    return { reader, kind, isReading, position: position?.id, lag, lagMs, failingMs, ...counts }
  }

  #lagMs(lag: number | undefined, nowMs: number, waitingEntry: string | undefined): number | undefined {
    // What was published since the store has answered last is not known.
    if (waitingEntry === undefined && lag === 0) return this.#failingSinceMs === undefined ? 0 : undefined
    if (waitingEntry === undefined) return nowMs - this.#stoodSinceMs
    const serverNowMs = (this.#page?.nowMs ?? 0) + nowMs - this.#askedMs
    return Math.max(0, serverNowMs - publishedMs(waitingEntry))
  }
}

/** Of two eras nobody knows how many lie between. */
function lagOf(position: EventPosition, head: EventPosition | undefined): number | undefined {
  return head?.era === position.era ? Math.max(0, head.count - position.count) : undefined
}

/** When an entry was published, by the clock of the server, in milliseconds since the epoch. */
export function publishedMs(entryId: string): number {
  return Number(entryId.slice(0, entryId.indexOf("-")))
}
