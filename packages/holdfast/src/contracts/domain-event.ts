import type { Clock } from "./clock.ts"
import type { Codec } from "./codec.ts"
import type { Duration } from "./duration.ts"
import type { EventStreamStore } from "./event-stream.ts"
import type { HoldfastEvent } from "./observer.ts"
import type { Random } from "./random.ts"

/** A cache, as the rules of its option `invalidateOn` need it. All methods answer whether the store knows. */
export interface InvalidationTarget<K> {
  /** Of the cache. */
  readonly namespace: string
  /** Name of the cache. */
  readonly cache: string
  /** The entries of these keys. Rejects with `INVALID_KEY`, `INVALID_GROUP`, `INVALIDATION_BACKLOG_FULL` or `CLOSED`. */
  readonly invalidate: (keys: readonly K[]) => Promise<boolean>
  /** These tags of the namespace. Rejects with `INVALID_TAG`, `INVALIDATION_BACKLOG_FULL` or `CLOSED`. */
  readonly invalidateTags: (tags: readonly string[]) => Promise<boolean>
  /** All entries of the cache. Rejects with `INVALIDATION_BACKLOG_FULL` or `CLOSED`. */
  readonly clear: () => Promise<boolean>
  /**
   * All entries of every cache of this Holdfast; those that only other processes have are cleared in the background. Rejects as `clear` does.
   * The same function for every cache of a Holdfast.
   */
  readonly clearNamespace: () => Promise<boolean>
}

/** What an event invalidates in a cache with keys of type K; made by `keys` and `tags` of the event. */
export interface InvalidationRule<K> {
  /** Name of the event or channel. */
  readonly source: string
  /** Called once by each cache that has the rule. */
  readonly attach: (target: InvalidationTarget<K>) => void
}

/** What caches can be invalidated on. */
export interface EventInput<T> {
  /** As it was given. */
  readonly name: string
  /** For the option `invalidateOn` of a cache: each event invalidates the entries of these keys. */
  keys<const K>(keysOf: (payload: T) => readonly K[]): InvalidationRule<K>
  /** For the option `invalidateOn` of a cache: each event invalidates these tags, in all caches of the namespace. */
  tags(tagsOf: (payload: T) => readonly string[]): InvalidationRule<never>
}

/** Options of `holdfast.event`. */
export interface EventOptions<T> {
  /** The namespace in which the event lives: that of the service which publishes it. Default: that of the Holdfast. */
  readonly namespace?: string
  /** How long events are kept for readers that are down, and the place of a reader for itself. Default "1d". */
  readonly retention?: Duration
  /** How many events are kept at most, about. Default 100,000. */
  readonly maxEvents?: number
  /** Size of an encoded payload at most. Default 64 KiB. */
  readonly maxEventBytes?: number
  /** Default `json()`. */
  readonly codec?: Codec<T>
}

/** Options of `publish`. */
export interface PublishOptions {
  /** Names the message for handlers that must not do it twice: 1 to 128 letters, digits, `_`, `.`, `-`. Give one to publish it again after an error. Default: random. */
  readonly id?: string
}

/** What became of a publication. */
export interface Published {
  /** Names the message. */
  readonly id: string
  /** Whether the store has it: a publication that it could not be told of rejects instead. */
  readonly delivered: true
}

/** What a handler is told besides the payload. */
export interface EventMessage {
  /** Names the message, also when it is handled or published again. */
  readonly id: string
  /** Id of its entry in the stream, by whose order events are handled: "1700000000000-0". */
  readonly position: string
  /** When it was published, by the clock of the server, in milliseconds since the epoch. */
  readonly publishedMs: number
  /** 1 for the first attempt of this process to handle it. */
  readonly attempt: number
  /** Aborted when the attempt has taken too long, another process reads for the group, or the subscription ends. */
  readonly signal: AbortSignal
}

/**
 * Why events may be missing. `unknown`: nothing is known of this reader: it is new, was away for longer than the retention, or its place
 * was lost. `trimmed`: events have left the stream before they were read. `lost`: the server was restarted, promoted or flushed, and
 * with it what was published last may have gone.
 */
export type GapReason = "unknown" | "trimmed" | "lost"

/** What `onGap` is told. */
export interface EventGap {
  /** Why events may be missing. */
  readonly why: GapReason
  /** Aborted when another process reads for the group, or the subscription ends: then it has `attemptTimeout` left. */
  readonly signal: AbortSignal
}

/** Options of `subscribe`. */
export interface SubscribeOptions<T> {
  /** Names the place of the subscription: each event is handled by one process of the group, once in a Holdfast. Letters, digits, `_`, `.`, `-`. */
  readonly group: string
  /** Handles one event; what it promises is awaited. What it throws is an attempt that has failed. It may be called more than once for an event. */
  readonly handler: (payload: T, message: EventMessage) => PromiseLike<unknown> | void
  /** Where a group begins of which nothing is known. Default "now". */
  readonly from?: "now" | "beginning"
  /** Events handled at one time. 1 keeps their order, but for those that are tried again. Default 1. */
  readonly concurrency?: number
  /** How often an event is tried before it is given up. Default 5. */
  readonly attempts?: number
  /** How long an attempt may take. Default "30s". */
  readonly attemptTimeout?: Duration
  /** Told that events may be missing; those that follow wait until it is done. It may take its time. What it throws is tried again. */
  readonly onGap?: (gap: EventGap) => PromiseLike<unknown> | void
  /** Told of an event that was given up. It may take its time. What it throws is tried again. */
  readonly onGivenUp?: (payload: T, message: EventMessage, error: unknown) => PromiseLike<unknown> | void
  /** Ends the subscription when aborted. */
  readonly signal?: AbortSignal
}

/** A subscription that goes on until it is closed. */
export interface EventSubscription extends AsyncDisposable {
  /** As it was given. */
  readonly group: string
  /** Begins nothing new, waits for handlers under way, for `attemptTimeout` at most, and lets another process of the group go on. */
  close(): Promise<void>
}

/** Figures of one reader of an event in this process. */
export interface EventReaderStats {
  /** Name of the cache or group that it reads for. */
  readonly reader: string
  /** What it reads for. */
  readonly kind: "cache" | "group"
  /** Whether this process is the one that reads for it. */
  readonly isReading: boolean
  /** Id of the last entry that is done, as far as this process knows. */
  readonly position: string | undefined
  /** Events that are published and not done, when this process last asked; undefined while it is not known. */
  readonly lag: number | undefined
  /** How long ago the first of them was published, or how long it has stood where that is not known, in milliseconds; undefined where another process reads, and while it is not known. */
  readonly lagMs: number | undefined
  /** For how long this process has not been able to ask the store, in milliseconds; undefined while it can. */
  readonly failingMs: number | undefined
  /** Events that were done. */
  readonly handled: number
  /** Attempts that failed. */
  readonly failures: number
  /** Events that were given up. */
  readonly givenUp: number
  /** Events that could not be read, or that a rule could not be applied to. */
  readonly unreadable: number
  /** Times that events may have been missed. */
  readonly gaps: number
  /** Times that the store could not be asked or told. */
  readonly storeErrors: number
}

/** Figures of one event in this process. */
export interface EventStats {
  /** Name of the event. */
  readonly name: string
  /** Events published by this process. */
  readonly published: number
  /** Publications that were rejected. */
  readonly publishErrors: number
  /** One for each cache and group of this process. */
  readonly readers: readonly EventReaderStats[]
}

/** A typed domain event on a stream, at least once. */
export interface DomainEvent<T> extends EventInput<T> {
  /**
   * Publishes an event: call it after the commit of what it tells of. Rejects as the store does, and the event is not kept for later; after
   * `COMMAND_TIMEOUT` or `CONNECTION_CLOSED` it may have been published all the same. Also rejects with `EVENT_TOO_LARGE`, `VALUE_NOT_ENCODABLE`,
   * `INVALID_OPTION` and `CLOSED`.
   */
  publish(payload: T, options?: PublishOptions): Promise<Published>
  /** Encodes a payload now; the answer publishes it, and rejects as `publish` does. Throws `EVENT_TOO_LARGE` or `VALUE_NOT_ENCODABLE`. */
  prepare(payload: T): () => Promise<Published>
  /** Handles events from now on. Throws `INVALID_OPTION`, `INVALID_DURATION`, `CLOSED`, or the reason of a signal that is aborted already. */
  subscribe(options: SubscribeOptions<T>): EventSubscription
  /** Figures since the event was made, in this process. */
  stats(): EventStats
}

/** Options of `holdfast.channel`. */
export interface ChannelOptions<T> {
  /** Reads a message. What it throws means that nobody knows what has changed. Default: JSON text. */
  readonly decode?: (message: Buffer) => T
  /** What becomes of the caches that depend on it when messages may have been missed; with a rule by tags, of all of the namespace. Default "clear". */
  readonly onReconnect?: "clear" | "ignore"
}

/** Figures of a channel in this process. */
export interface ChannelStats {
  /** As it was given. */
  readonly name: string
  /** Messages that were heard. */
  readonly heard: number
  /** Messages that could not be read, or that a rule could not be applied to. */
  readonly unreadable: number
  /** Times that messages may have been missed, the first subscription included. */
  readonly gaps: number
}

/** A channel on which another program publishes: at most once. */
export interface EventChannel<T> extends EventInput<T> {
  /** Figures since the channel was made, in this process. */
  stats(): ChannelStats
}

/** What domain events are made of. */
export interface DomainEventsParts {
  readonly namespace: string
  /** Undefined: the store keeps no streams. */
  readonly store: EventStreamStore | undefined
  readonly clock: Clock
  readonly random: Random
  readonly report: ((event: HoldfastEvent) => void) | undefined
  readonly defaultCodec: Codec<unknown>
  /** Tells of a store operation that failed. */
  readonly storeFailed: (operation: string, error: unknown) => void
  /** Throws `CLOSED`. */
  readonly assertOpen: () => void
  /** Throws `INSIDE_TRANSACTION` in the work of a unit. */
  readonly assertOutside: () => void
  /** Runs what must not belong to the unit whose work happens to start it. */
  readonly outside: <R>(work: () => R) => R
}

/** The domain events of one Holdfast. */
export interface DomainEvents {
  event<T>(name: string, options: EventOptions<T>): DomainEvent<T>
  channel<T>(name: string, options: ChannelOptions<T>): EventChannel<T>
  /**
   * Resolves once the store knows of all that events which have been published by now invalidate in caches of this process. Rejects with
   * `CLOSED`. Whoever waits no longer aborts `left`.
   */
  caughtUp(left: AbortSignal): Promise<void>
  /** What is amiss with readers, in words. */
  troubles(): readonly string[]
  /** Lets what is under way end, and gives up every lease. Never rejects. */
  close(): Promise<void>
}

export type DomainEventsMaker = (parts: DomainEventsParts) => DomainEvents
