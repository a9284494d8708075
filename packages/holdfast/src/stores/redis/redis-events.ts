import type { Clock } from "../../contracts/clock.ts"
import type {
  ChannelHearer,
  EventNews,
  EventPage,
  EventPosition,
  EventReadRequest,
  EventRetention,
  EventStreamStore,
  EventToPublish,
} from "../../contracts/event-stream.ts"
import type { Random } from "../../contracts/random.ts"
import type { RedisConnection } from "../../contracts/redis-connection.ts"
import type { EventAddress } from "../../entry/event-address.ts"
import { publishEvent, publishEventCall } from "../../scripts/generated/publish-event.ts"
import { readEvents, readEventsCall } from "../../scripts/generated/read-events.ts"
import { readEventPage, readEventPlace } from "./event-replies.ts"
import { ForeignChannel } from "./foreign-channel.ts"
import { onKnownRun } from "./known-run.ts"
import { textOf, unexpectedReply } from "./replies.ts"

/** What the streams of events share with the rest of a Redis store. */
interface RedisEventsOptions {
  readonly connection: RedisConnection
  readonly clock: Clock
  /** Names eras. */
  readonly random: Random
}

/** The streams of events in a Redis store. Nothing here blocks the connection: readers are woken by a message and ask by a script. */
export class RedisEvents implements EventStreamStore {
  readonly #options: RedisEventsOptions

  constructor(options: RedisEventsOptions) {
    this.#options = options
  }

  publish(stream: EventAddress, event: EventToPublish, retention: EventRetention): Promise<EventPosition> {
    const { connection, random } = this.#options
    const { key, head, slot } = stream
    const { keepMs, maxEvents } = retention
    const counts = { limit: String(maxEvents), keep: String(keepMs) }
    return onKnownRun(connection, slot, async (generation) => {
      const named = { id: event.id, data: event.data, run: generation.runId, era: random.token() }
      const call = publishEventCall({ stream: key, head, ...named, ...counts, channel: key })
      const place = readEventPlace(textOf(await connection.script(slot, publishEvent, ...call, { generation })))
      if (place === undefined) throw unexpectedReply(connection, slot, publishEvent.name, generation)
      return place
    })
  }

  read(stream: EventAddress, request: EventReadRequest): Promise<EventPage> {
    const { connection, random } = this.#options
    const { key, head, slot } = stream
    const { token, leaseMs, limit, keepMs } = request
    const bounds = { lease: String(leaseMs), limit: String(limit), keep: String(keepMs) }
    const places = { reached: placeText(request.reached), after: placeText(request.after) }
    return onKnownRun(connection, slot, async (generation) => {
      const keys = { stream: key, head, reader: stream.reader(request.reader) }
      const asked = { token, run: generation.runId, era: random.token() }
      const call = readEventsCall({ ...keys, ...asked, ...places, ...bounds, channel: key })
      const page = readEventPage(await connection.script(slot, readEvents, ...call, { generation }))
      if (page === undefined) throw unexpectedReply(connection, slot, readEvents.name, generation)
      return page
    })
  }

  onNews(stream: EventAddress, hear: (news: EventNews) => void): () => void {
    const { connection } = this.#options
    return connection.subscribe(stream.key, (message, speaksFor) => {
      if (!connection.sharesSlots && !speaksFor(stream.slot)) return
      hear(message.toString("latin1") === "free" ? "free" : "published")
    })
  }

  listen(channel: string, hearer: ChannelHearer): () => void {
    const ear = new ForeignChannel(this.#options, channel, hearer)
    return () => ear.close()
  }
}

function placeText(place: EventPosition | undefined): string {
  return place === undefined ? "" : `${place.era} ${place.count} ${place.id}`
}
