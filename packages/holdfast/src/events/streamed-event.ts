import type {
  DomainEvent,
  DomainEventsParts,
  EventStats,
  EventSubscription,
  InvalidationRule,
  InvalidationTarget,
  Published,
  PublishOptions,
  SubscribeOptions,
} from "../contracts/domain-event.ts"
import type { EventStreamStore } from "../contracts/event-stream.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { invalidOption } from "../errors/option-checks.ts"
import { onAbort } from "../internal/on-abort.ts"
import type { CacheRule } from "./cache-rules.ts"
import { CacheWork } from "./cache-work.ts"
import { EventReader, type ReaderWork } from "./event-reader.ts"
import { EventReports } from "./event-reports.ts"
import type { EventSettings } from "./event-settings.ts"
import { GroupWork } from "./group-work.ts"
import { ReaderFigures } from "./reader-figures.ts"
import { subscriptionSettings } from "./subscription-settings.ts"

type Parts = DomainEventsParts & { readonly store: EventStreamStore }
/** What reads for a cache; of any payload. */
interface CacheReading {
  readonly work: CacheWork<never, never>
  readonly reader: EventReader
}

const messageId = /^[\w.-]{1,128}$/

/** One domain event: what is published, and who reads it in this process. */
export class StreamedEventOf<T> implements DomainEvent<T> {
  readonly name: string
  readonly #settings: EventSettings<T>
  readonly #parts: Parts
  readonly #caches = new Map<string, CacheReading>()
  readonly #readers = new Set<EventReader>()
  /** With a subscription that is not closed. */
  readonly #groups = new Set<string>()
  #published = 0
  #publishErrors = 0

  constructor(settings: EventSettings<T>, parts: Parts) {
    this.name = settings.name
    this.#settings = settings
    this.#parts = parts
  }

  async publish(payload: T, options: PublishOptions = {}): Promise<Published> {
    return this.#publish(() => this.#encoded(payload), options)
  }

  prepare(payload: T): () => Promise<Published> {
    const encoded = this.#encoded(payload)
    // What a codec answers may be the payload itself, or memory that it uses again.
    const data = typeof encoded === "string" ? encoded : Buffer.from(encoded)
    return () => this.#publish(() => data, {})
  }

  keys<const K>(keysOf: (payload: T) => readonly K[]): InvalidationRule<K> {
    return this.#rule("keys", { keysOf })
  }

  tags(tagsOf: (payload: T) => readonly string[]): InvalidationRule<never> {
    return this.#rule("tags", { tagsOf })
  }

  subscribe(options: SubscribeOptions<T>): EventSubscription {
    this.#parts.assertOpen()
    const settings = subscriptionSettings(options)
    settings.signal?.throwIfAborted()
    const { group, signal } = settings
    if (this.#groups.has(group))
      throw invalidOption(
        "group",
        `is taken: this Holdfast has a subscription of "${group}" to "${this.name}" already.`,
      )
    this.#groups.add(group)
    const { clock, random } = this.#parts
    const figures = new ReaderFigures()
    const reports = this.#reports(group, figures)
    const work = new GroupWork<T>({ settings, decode: this.#decode, reports, clock, random })
    const place = `${this.#parts.namespace}#${group}`
    const reader = this.#read({ place, name: group, kind: "group", figures, work })
    let isClosed = false
    const close = async (): Promise<void> => {
      forget?.()
      if (!isClosed) this.#groups.delete(group)
      isClosed = true
      await reader.close()
      this.#readers.delete(reader)
    }
    const forget = signal && onAbort(signal, () => void close())
    return { group, close, [Symbol.asyncDispose]: close }
  }

  stats(): EventStats {
    const readers = [...this.#readers].map((reader) => reader.stats())
    return { name: this.name, published: this.#published, publishErrors: this.#publishErrors, readers }
  }

  /** Resolves once every cache has been told of all that has been published by now. Rejects with `CLOSED`. */
  async caughtUp(left: AbortSignal): Promise<void> {
    await Promise.all([...this.#caches.values()].map(({ reader }) => reader.caughtUp(left)))
  }

  async close(): Promise<void> {
    await Promise.all([...this.#readers].map((reader) => reader.close()))
  }

  async #publish(encoded: () => string | Uint8Array, options: PublishOptions): Promise<Published> {
    const { store, random, assertOpen, assertOutside } = this.#parts
    try {
      assertOpen()
      assertOutside()
      const { id = random.token() } = options
      if (typeof id !== "string" || !messageId.test(id))
        throw invalidOption("id", 'must be 1 to 128 letters, digits, "_", "." or "-".')
      await store.publish(this.#settings.stream, { id, data: encoded() }, this.#settings)
      this.#published += 1
      return { id, delivered: true }
    } catch (error) {
      this.#publishErrors += 1
      throw error
    }
  }

  readonly #decode = (data: Buffer): T => this.#settings.codec.decode(data, 0)

  #encoded(payload: T): string | Uint8Array {
    const { codec, maxEventBytes } = this.#settings
    const data = codec.encode(payload)
    const bytes = typeof data === "string" ? Buffer.byteLength(data) : data.byteLength
    if (bytes <= maxEventBytes) return data
    const detail = `An event of ${bytes} bytes exceeds the ${maxEventBytes} of "${this.name}".`
    throw new HoldfastError("EVENT_TOO_LARGE", detail, { facts: { bytes, limit: maxEventBytes } })
  }

  #rule<K>(option: string, rule: CacheRule<K, T>): InvalidationRule<K> {
    if (typeof (rule.keysOf ?? rule.tagsOf) !== "function") throw invalidOption(option, "takes a function.")
    return { source: this.name, attach: (target) => this.#attach(target, rule) }
  }

  /** All rules of a cache share a reader: it is one place in the stream. */
  #attach<K>(target: InvalidationTarget<K>, rule: CacheRule<K, T>): void {
    const place = `${target.namespace}#cache#${target.cache}`
    let reading = this.#caches.get(place)
    if (reading === undefined) {
      const figures = new ReaderFigures()
      const work = new CacheWork<K, T>(target, this.#decode, this.#reports(target.cache, figures))
      const reader = this.#read({ place, name: target.cache, kind: "cache", figures, work })
      reading = { work: work as unknown as CacheReading["work"], reader }
      this.#caches.set(place, reading)
    }
    const work = reading.work as unknown as CacheWork<K, T>
    work.rules.push(rule)
  }

  #reports(reader: string, figures: ReaderFigures): EventReports {
    return new EventReports({ event: this.name, reader }, figures, this.#parts.report)
  }

  #read(of: {
    readonly place: string
    readonly name: string
    readonly kind: "cache" | "group"
    readonly figures: ReaderFigures
    readonly work: ReaderWork
  }): EventReader {
    const { stream, keepMs } = this.#settings
    const reader = this.#parts.outside(() => new EventReader({ ...this.#parts, stream, keepMs, ...of }))
    this.#readers.add(reader)
    return reader
  }
}
