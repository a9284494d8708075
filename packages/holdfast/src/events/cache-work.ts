import type { InvalidationTarget } from "../contracts/domain-event.ts"
import type { EventPosition } from "../contracts/event-stream.ts"
import { hasCode, HoldfastError } from "../errors/holdfast-error.ts"
import { changesOf, clearingOf, invalidate, type CacheRule, type Changes } from "./cache-rules.ts"
import type { PageToDo, ReaderWork } from "./event-reader.ts"
import type { EventReports } from "./event-reports.ts"

/** Invalidates for one cache what events have changed; where that is not known it clears what depends on them. */
export class CacheWork<K, T> implements ReaderWork {
  readonly rules: CacheRule<K, T>[] = []
  reached: EventPosition | undefined
  waitingEntry: string | undefined
  readonly #target: InvalidationTarget<K>
  readonly #decode: (data: Buffer) => T
  readonly #reports: EventReports

  constructor(target: InvalidationTarget<K>, decode: (data: Buffer) => T, reports: EventReports) {
    this.#target = target
    this.#decode = decode
    this.#reports = reports
  }

  /** Rejects unless the store knows of all of it: the place must not move past what it was not told. */
  async do(page: PageToDo): Promise<EventPosition | undefined> {
    const events = page.steps.filter((step) => step.is === "event")
    this.waitingEntry = events[0]?.at.id
    this.reached = await this.#apply(page)
    this.waitingEntry = undefined
    this.#reports.handled(events.length)
    return this.reached
  }

  begin(): void {
    this.reached = undefined
    this.waitingEntry = undefined
  }

  async end(): Promise<void> {}

  async #apply(page: PageToDo): Promise<EventPosition | undefined> {
    const changes = this.#changesOf(page)
    const told = changes && (await this.#invalidate(changes))
    if (told === undefined) return this.#clear(page)
    assertTold(told)
    return page.steps.at(-1)?.at
  }

  /** Whatever was published before has committed before: a clear after it covers all of it. */
  async #clear({ head }: PageToDo): Promise<EventPosition> {
    assertTold(await clearingOf(this.#target, this.rules)())
    return head
  }

  /** Undefined: nobody knows what has changed. */
  #changesOf({ steps }: PageToDo): Changes<K> | undefined {
    const payloads: T[] = []
    let isKnown = true
    for (const step of steps) {
      if (step.is === "event") {
        const payload = this.#reports.decoded(() => this.#decode(step.event.data))
        if (payload === undefined) isKnown = false
        else payloads.push(payload.value)
        continue
      }
      isKnown = false
      if (step.is === "gap") this.#reports.gap(step.why)
      else this.#reports.unreadable("format")
    }
    if (!isKnown) return undefined
    try {
      return changesOf(this.rules, payloads)
    } catch (error) {
      this.#reports.unreadable("rule", error)
      return undefined
    }
  }

  /** Undefined: a key or a tag is none. */
  async #invalidate(changes: Changes<K>): Promise<boolean | undefined> {
    try {
      return await invalidate(this.#target, changes)
    } catch (error) {
      if (!isOfRule(error)) throw error
      this.#reports.unreadable("rule", error)
      return undefined
    }
  }
}

function isOfRule(error: unknown): boolean {
  return hasCode(error, "INVALID_KEY") || hasCode(error, "INVALID_GROUP") || hasCode(error, "INVALID_TAG")
}

function assertTold(told: boolean): void {
  if (!told) throw new HoldfastError("STORE_UNAVAILABLE", "The store could not be told of an invalidation by an event.")
}
