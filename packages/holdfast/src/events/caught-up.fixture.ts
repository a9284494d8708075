import type { ReadThroughCache } from "../cache/cache-kinds.ts"
import type { Holdfast } from "../cache/holdfast.ts"
import type { DomainEvent } from "../contracts/domain-event.ts"
import type { EventPage, EventStreamStore } from "../contracts/event-stream.ts"
import { deferred, type Deferred } from "../internal/deferred.ts"
import { eventBed, type EventBed } from "./events.fixture.ts"

/** A row of a source, and processes of a service that cache it. */
export class Service {
  readonly bed: EventBed = eventBed()
  row = "a"

  /** A process that has just been started: nothing that it does has been waited for. */
  start(options?: { readonly isGated: true }): Process {
    const holdfast = this.bed.process()
    const event = holdfast.event<string>("updated")
    const gates = new Gates()
    const keys = event.keys((key) => [key])
    const invalidateOn = options === undefined ? keys : gates.before(keys)
    const load = async (): Promise<string> => this.row
    const cache = holdfast.cache({ name: "row", ttl: "1h", local: false, load, invalidateOn: [invalidateOn] })
    return { holdfast, event, cache, open: (key) => gates.open(key) }
  }

  async change(row: string, { event }: Process, key = "1"): Promise<void> {
    this.row = row
    await event.publish(key)
  }

  /** Asks of readers that are answered from now on. */
  countReads(): () => number {
    let reads = 0
    this.onRead(async (page) => {
      reads += 1
      return page
    })
    return () => reads
  }

  /** Whatever a reader is answered from now on goes through here. */
  onRead(through: (page: Promise<EventPage>) => Promise<EventPage>): void {
    const events = this.bed.memory.events as EventStreamStore
    const read = events.read.bind(events)
    events.read = (...asked) => through(read(...asked))
  }
}

/** One of them. */
export interface Process {
  readonly holdfast: Holdfast
  readonly event: DomainEvent<string>
  readonly cache: ReadThroughCache<string, string>
  /** Lets a key be invalidated; without one, all. */
  readonly open: (key?: string) => void
}

type Rule = ReturnType<DomainEvent<string>["keys"]>

/** Keys that are not invalidated before they are let through. */
class Gates {
  readonly #gates = new Map<string, Deferred<void>>()

  open(key: string | undefined): void {
    if (key !== undefined) return this.#of(key).resolve()
    for (const gate of ["1", "2"]) this.#of(gate).resolve()
  }

  before(rule: Rule): Rule {
    return {
      ...rule,
      attach: (target) =>
        rule.attach({
          ...target,
          invalidate: async (keys) => {
            await Promise.all(keys.map((key) => this.#of(String(key)).promise))
            return target.invalidate(keys)
          },
        }),
    }
  }

  #of(key: string): Deferred<void> {
    const gate = this.#gates.get(key) ?? deferred<void>()
    this.#gates.set(key, gate)
    return gate
  }
}
