import type {
  ChannelStats,
  DomainEventsParts,
  EventChannel,
  InvalidationRule,
  InvalidationTarget,
} from "../contracts/domain-event.ts"
import type { ChannelHearer, EventStreamStore } from "../contracts/event-stream.ts"
import { hasCode } from "../errors/holdfast-error.ts"
import { changesOf, clearingOf, invalidate, type CacheRule } from "./cache-rules.ts"
import { EventReports } from "./event-reports.ts"
import type { ChannelSettings } from "./event-settings.ts"
import { ReaderFigures } from "./reader-figures.ts"

type Listen = NonNullable<EventStreamStore["listen"]>

interface Dependent {
  readonly target: InvalidationTarget<never>
  readonly rules: CacheRule<never, never>[]
}

/** A channel on which another program publishes: every process hears it for itself, and what it does not hear is lost. */
export class HeardChannelOf<T> implements EventChannel<T>, ChannelHearer {
  readonly name: string
  readonly #settings: ChannelSettings<T>
  readonly #parts: DomainEventsParts
  readonly #listen: Listen
  readonly #dependents = new Map<string, Dependent>()
  readonly #figures = new ReaderFigures()
  readonly #reports: EventReports
  #end: (() => void) | undefined
  #heard = 0

  constructor(name: string, settings: ChannelSettings<T>, parts: DomainEventsParts, listen: Listen) {
    this.name = name
    this.#settings = settings
    this.#parts = parts
    this.#listen = listen
    this.#reports = new EventReports({ event: name, reader: "channel" }, this.#figures, parts.report)
  }

  keys<const K>(keysOf: (payload: T) => readonly K[]): InvalidationRule<K> {
    return { source: this.name, attach: (target) => this.#attach(target, { keysOf }) }
  }

  tags(tagsOf: (payload: T) => readonly string[]): InvalidationRule<never> {
    return { source: this.name, attach: (target) => this.#attach(target, { tagsOf }) }
  }

  stats(): ChannelStats {
    const { unreadable, gaps } = this.#figures
    return { name: this.name, heard: this.#heard, unreadable, gaps }
  }

  heard(message: Buffer): void {
    this.#heard += 1
    const payload = this.#reports.decoded(() => this.#settings.decode(message))
    if (payload === undefined) return this.#clear()
    for (const { target, rules } of this.#dependents.values())
      this.#watch(this.#apply(target, rules as never, payload.value))
  }

  began(): void {
    this.#reports.gap(this.#figures.gaps === 0 ? "unknown" : "lost")
    if (this.#settings.clearsAfterGap) this.#clear()
  }

  close(): void {
    this.#end?.()
  }

  /** Clears each cache, or each namespace, once. */
  #clear(): void {
    const clearings = [...this.#dependents.values()].map(({ target, rules }) => clearingOf(target, rules))
    for (const clear of new Set(clearings)) this.#watch(clear())
  }

  async #apply<K>(target: InvalidationTarget<K>, rules: readonly CacheRule<K, T>[], payload: T): Promise<boolean> {
    try {
      return await invalidate(target, changesOf(rules, [payload]))
    } catch (error) {
      if (hasCode(error, "CLOSED") || hasCode(error, "INVALIDATION_BACKLOG_FULL")) throw error
      this.#reports.unreadable("rule", error)
      return clearingOf(target, rules)()
    }
  }

  /** What could not be delivered waits in the journal. */
  #watch(working: Promise<boolean>): void {
    working.catch((error: unknown) => this.#parts.storeFailed("read-channel", error))
  }

  #attach<K>(target: InvalidationTarget<K>, rule: CacheRule<K, T>): void {
    const place = `${target.namespace}#${target.cache}`
    let dependent = this.#dependents.get(place)
    if (dependent === undefined) {
      dependent = { target: target, rules: [] }
      this.#dependents.set(place, dependent)
    }
    dependent.rules.push(rule as never)
    // One that comes later has missed what the others have heard.
    if (this.#figures.gaps > 0 && this.#settings.clearsAfterGap) this.#watch(clearingOf(target, [rule])())
    this.#end ??= this.#listen(this.name, this)
  }
}
