import type { TagClock } from "../../contracts/tag-store.ts"

interface Seen {
  /** When it was invalidated last, or made, at the least. */
  readonly clock: TagClock
  readonly untilMs: number
}

/** Tags that were seen complete in the store, in which era, and until when they stay there unless they are evicted. Bounded. */
export class PresentTags {
  readonly #seen = new Map<string, Seen>()
  #limit: number

  /** @param limit tags remembered; above it all are forgotten, which costs looking after them once more */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** So many more are remembered at most. */
  makeRoom(tags: number): void {
    this.#limit += tags
  }

  /** Whether the tag is of this era, and outlives what ends at this monotonic time in milliseconds. */
  outlives(key: string, era: string, untilMs: number): boolean {
    const seen = this.#seen.get(key)
    return seen !== undefined && seen.clock.era === era && seen.untilMs >= untilMs
  }

  /** Whether the tag was seen, of whatever era, and lasts at least until this monotonic time in milliseconds. */
  isThere(key: string, untilMs: number): boolean {
    const seen = this.#seen.get(key)
    return seen !== undefined && seen.untilMs >= untilMs
  }

  /** Whether the tag is known to be later than this clock, so that an entry which records that is dead. */
  isLater(key: string, recorded: TagClock): boolean {
    const clock = this.#seen.get(key)?.clock
    return clock?.era === recorded.era && clock.counter > recorded.counter
  }

  remember(key: string, clock: TagClock, untilMs: number): void {
    if (this.outlives(key, clock.era, untilMs)) return
    if (this.#seen.size >= this.#limit && !this.#seen.has(key)) this.#seen.clear()
    this.#seen.set(key, { clock, untilMs })
  }

  /** The tag is of this era, or is not there; undefined: it is not there. */
  found(key: string, era: string | undefined): void {
    if (this.#seen.get(key)?.clock.era !== era) this.#seen.delete(key)
  }
}
