import type {
  EventNews,
  EventPage,
  EventPosition,
  EventReadRequest,
  EventRetention,
  EventStreamStore,
  EventToPublish,
  StreamedEvent,
} from "../../contracts/event-stream.ts"
import type { Random } from "../../contracts/random.ts"
import type { EventAddress } from "../../entry/event-address.ts"

interface Reader {
  readonly position: EventPosition | undefined
  readonly token: string
  readonly untilMs: number
}

interface Stream {
  head: EventPosition
  readonly events: StreamedEvent[]
  readonly readers: Map<string, Reader>
  readonly hearers: Set<(news: EventNews) => void>
}

interface MemoryEventsOptions {
  readonly random: Random
  readonly now: () => number
  readonly assertOpen: () => void
}

/** The streams of events in this process, with the rules of `publish-event.lua` and `read-events.lua`. */
export class MemoryEvents implements EventStreamStore {
  readonly #options: MemoryEventsOptions
  readonly #streams = new Map<string, Stream>()

  constructor(options: MemoryEventsOptions) {
    this.#options = options
  }

  async publish({ key }: EventAddress, event: EventToPublish, bounds: EventRetention): Promise<EventPosition> {
    this.#options.assertOpen()
    const stream = this.#streamOf(key)
    const nowMs = this.#options.now()
    const { era, count, id } = stream.head
    const position = { era, count: count + 1, id: idAfter(id, nowMs) }
    const data = Buffer.from(event.data)
    const { events } = stream
    events.push({ position, entryId: position.id, id: event.id, data })
    const firstKept = events.findIndex(({ entryId }) => msOf(entryId) >= nowMs - bounds.keepMs)
    events.splice(0, Math.max(firstKept, events.length - bounds.maxEvents))
    stream.head = position
    tell(stream, "published")
    return position
  }

  async read({ key }: EventAddress, request: EventReadRequest): Promise<EventPage> {
    this.#options.assertOpen()
    const stream = this.#streamOf(key)
    const { head, events, readers } = stream
    const { reader, token, leaseMs, limit, reached, after } = request
    const nowMs = this.#options.now()
    const known = readers.get(reader)
    if (known !== undefined && known.token !== token && known.untilMs > nowMs) {
      return { nowMs, heldForMs: known.untilMs - nowMs, head, position: known.position, events: [] }
    }
    const position = reached !== undefined && known?.token === token ? reached : known?.position
    readers.set(reader, { position, token, untilMs: leaseMs === 0 ? 0 : nowMs + leaseMs })
    if (leaseMs === 0) tell(stream, "free")
    // Whoever reads often stands near the end.
    const asked = after ?? position
    // What was lost and has gone back was not read.
    const from = asked && asked.era !== head.era && isAfter(asked.id, head.id) ? undefined : asked
    const last = from === undefined ? -1 : events.findLastIndex(({ entryId }) => !isAfter(entryId, from.id))
    return { nowMs, heldForMs: undefined, head, position, events: events.slice(last + 1, last + 1 + limit) }
  }

  onNews({ key }: EventAddress, hear: (news: EventNews) => void): () => void {
    const { hearers } = this.#streamOf(key)
    const heard = (news: EventNews): void => hear(news)
    hearers.add(heard)
    return () => void hearers.delete(heard)
  }

  /** Removes one key of a stream, as eviction does. */
  evict(key: string): void {
    const [, stream = "", rest = ""] = /^([^}]*})(.*)$/.exec(key) ?? []
    const found = this.#streams.get(stream)
    if (found === undefined) return
    if (rest === "") found.events.length = 0
    else if (rest === ":head") found.head = { ...found.head, era: this.#options.random.token(), count: 0 }
    else found.readers.delete(rest.slice(":reader#".length))
  }

  #streamOf(key: string): Stream {
    let stream = this.#streams.get(key)
    if (stream === undefined) {
      const head = { era: this.#options.random.token(), count: 0, id: "0-0" }
      stream = { head, events: [], readers: new Map(), hearers: new Set() }
      this.#streams.set(key, stream)
    }
    return stream
  }
}

function tell({ hearers }: Stream, news: EventNews): void {
  for (const hear of hearers) queueMicrotask(() => hear(news))
}

const msOf = (id: string): number => Number(id.slice(0, id.indexOf("-")))
const sequenceOf = (id: string): number => Number(id.slice(id.indexOf("-") + 1))

function isAfter(a: string, b: string): boolean {
  return msOf(a) > msOf(b) || (msOf(a) === msOf(b) && sequenceOf(a) > sequenceOf(b))
}

/** As XADD chooses it: never one that has been. */
function idAfter(last: string, nowMs: number): string {
  return nowMs > msOf(last) ? `${nowMs}-0` : `${msOf(last)}-${sequenceOf(last) + 1}`
}
