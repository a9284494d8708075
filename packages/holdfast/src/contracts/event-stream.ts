import type { EventAddress } from "../entry/event-address.ts"

/** A place in the stream of an event. Two are comparable only within one era. */
export interface EventPosition {
  /** 32 hex characters, drawn at random (R3): another one means that the stream may have lost what was published last. */
  readonly era: string
  /** How many were published in this era: rises by one with each, so that a missing one is noticed. */
  readonly count: number
  /** Of the entry in the stream, such as "1700000000000-0": milliseconds of server time and a number. */
  readonly id: string
}

/** What is published. */
export interface EventToPublish {
  /** Names this message, also when it is published again: what is done twice is recognised by it. */
  readonly id: string
  /** The encoded payload. */
  readonly data: string | Uint8Array
}

/** How much of a stream is kept. */
export interface EventRetention {
  /** How long, in milliseconds; a reader that was away for longer has a gap. */
  readonly keepMs: number
  /** How many at most, about. */
  readonly maxEvents: number
}

/** One entry of a stream. */
export interface StreamedEvent {
  /** Undefined: it is no entry of ours, or one of a newer format. */
  readonly position: EventPosition | undefined
  /** Id of the entry, whoever made it. */
  readonly entryId: string
  /** As of {@link EventToPublish.id}. */
  readonly id: string
  /** The encoded payload. */
  readonly data: Buffer
}

/** What a reader asks for. */
export interface EventReadRequest {
  /** Names the reader; at most one process reads for it at one time. */
  readonly reader: string
  /** Who asks: 32 hex characters. */
  readonly token: string
  /** How long nobody else may read for it from now, in milliseconds; 0 gives it up. */
  readonly leaseMs: number
  /** How many events at most. */
  readonly limit: number
  /** How far the reader has come since it was last asked: kept if the lease was not lost meanwhile. */
  readonly reached: EventPosition | undefined
  /** What follows this place is read; undefined: what follows the one that is kept. */
  readonly after: EventPosition | undefined
  /** How long what is known of the reader is kept, in milliseconds. */
  readonly keepMs: number
}

/** What a reader is answered. */
export interface EventPage {
  /** Server time in milliseconds since the epoch. */
  readonly nowMs: number
  /** Another one reads for it, for this long at most, in milliseconds; undefined: it is ours. */
  readonly heldForMs: number | undefined
  /** What was published last. */
  readonly head: EventPosition
  /** How far the reader has come, as it is kept; undefined: nothing is known of it. */
  readonly position: EventPosition | undefined
  /** What follows, in the order of publication; none while another one reads. */
  readonly events: readonly StreamedEvent[]
}

/** `published`: there is something to read. `free`: somebody has given up the lease of a reader. */
export type EventNews = "published" | "free"

/** Hears a channel of another program. */
export interface ChannelHearer {
  /** A message. */
  heard(message: Buffer): void
  /** From now on every message is heard; of what was published before some may have been missed. Called again after each interruption. */
  began(): void
}

/** Keeps the streams of domain events. Two implementations, one conformance suite. All methods reject as those of a `Store` do. */
export interface EventStreamStore {
  /** Appends an event and wakes the readers. Rejected with a time-out it may have been appended all the same. */
  publish(stream: EventAddress, event: EventToPublish, retention: EventRetention): Promise<EventPosition>
  /** Takes or prolongs the lease of a reader, keeps how far it has come, and answers what follows: all in one step. */
  read(stream: EventAddress, request: EventReadRequest): Promise<EventPage>
  /** Calls back soon after news of a stream, unless the message is lost. Returns the end of it. */
  onNews(stream: EventAddress, hear: (news: EventNews) => void): () => void
  /** Hears what other programs publish on a channel, at most once. Absent: there are none. Returns the end of it. */
  listen?(channel: string, hearer: ChannelHearer): () => void
}
