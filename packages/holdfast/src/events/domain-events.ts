import type {
  ChannelOptions,
  DomainEvent,
  DomainEvents,
  DomainEventsParts,
  EventChannel,
  EventOptions,
  EventReaderStats,
} from "../contracts/domain-event.ts"
import type { Codec } from "../contracts/codec.ts"
import type { EventStreamStore } from "../contracts/event-stream.ts"
import { invalidOption } from "../errors/option-checks.ts"
import { channelSettings, eventSettings } from "./event-settings.ts"
import { HeardChannelOf } from "./heard-channel.ts"
import { StreamedEventOf } from "./streamed-event.ts"

/** How far behind a reader may be, or how long it may be unable to read, before `health()` says so, in milliseconds. */
const lateMs = 10_000

/** The domain events of one Holdfast, on a store that keeps streams. */
export function domainEvents(parts: DomainEventsParts): DomainEvents {
  return new EventsOfHoldfast(parts)
}

class EventsOfHoldfast implements DomainEvents {
  readonly #parts: DomainEventsParts
  readonly #events = new Map<string, Pick<StreamedEventOf<never>, "stats" | "caughtUp" | "close">>()
  readonly #channels = new Map<string, { close(): void }>()

  constructor(parts: DomainEventsParts) {
    this.#parts = parts
  }

  event<T>(name: string, options: EventOptions<T>): DomainEvent<T> {
    const { namespace, defaultCodec } = this.#parts
    const store = this.#store()
    const settings = eventSettings<T>(namespace, name, options, defaultCodec as Codec<T>)
    const { key } = settings.stream
    if (this.#events.has(key)) throw invalidOption("name", `is taken: this Holdfast has an event "${name}" already.`)
    const event = new StreamedEventOf<T>(settings, { ...this.#parts, store })
    this.#events.set(key, event)
    return event
  }

  channel<T>(name: string, options: ChannelOptions<T>): EventChannel<T> {
    const store = this.#store()
    const settings = channelSettings<T>(name, options)
    if (this.#channels.has(name)) throw invalidOption("name", `is taken: this Holdfast hears "${name}" already.`)
    if (store.listen === undefined)
      throw invalidOption("redis", "is needed for a channel: in one process there is none.")
    const channel = new HeardChannelOf<T>(name, settings, this.#parts, (of, hearer) => {
      return (store.listen as NonNullable<EventStreamStore["listen"]>)(of, hearer)
    })
    this.#channels.set(name, channel)
    return channel
  }

  troubles(): readonly string[] {
    return [...this.#events.values()].flatMap((event) => {
      const { name, readers } = event.stats()
      return readers.flatMap((reader) => troubleOf(reader, name) ?? [])
    })
  }

  async caughtUp(left: AbortSignal): Promise<void> {
    await Promise.all([...this.#events.values()].map((event) => event.caughtUp(left)))
  }

  async close(): Promise<void> {
    for (const channel of this.#channels.values()) channel.close()
    await Promise.all([...this.#events.values()].map((event) => event.close()))
  }

  #store(): EventStreamStore {
    const { store } = this.#parts
    if (store === undefined) throw invalidOption("store", "keeps no streams, which events need.")
    return store
  }
}

/** In words; undefined: none that anybody need know of. */
function troubleOf(
  { kind, reader, lag, lagMs = 0, failingMs = 0 }: EventReaderStats,
  event: string,
): string | undefined {
  if (failingMs > lateMs) {
    return `The ${kind} "${reader}" has not been able to read "${event}" for ${Math.round(failingMs / 1000)} s.`
  }
  if (lagMs <= lateMs) return undefined
  const events = lag === undefined ? "events" : `${lag} event${lag === 1 ? "" : "s"}`
  return `The ${kind} "${reader}" is ${Math.round(lagMs / 1000)} s behind "${event}": ${events} wait.`
}
