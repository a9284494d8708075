import type { HoldfastError } from "../errors/holdfast-error.ts"

/** One argument of a command: text, or bytes sent as they are. */
export type RedisArgument = string | Uint8Array

/** A reply, the same for every client: all strings are Buffers, because one client cannot tell simple from bulk strings. */
export type RedisReply = null | number | Buffer | readonly RedisReply[]

/** Where one server listens. */
export interface NodeAddress {
  /** Name or IP address. */
  readonly host: string
  /** TCP port. */
  readonly port: number
}

/** Where the outcome of a command goes: one of the two is called, once, in a later turn. */
export interface ReplyTarget {
  /** With what the server said. */
  answered(reply: RedisReply): void
  /** With `SERVER_REFUSED` (facts: `reply`, the first word of the error, and `command`) or `CONNECTION_CLOSED`. */
  refused(error: HoldfastError): void
}

/** Hears of keys that were written to or have gone, by whomever; undefined: it may be any of them, because the server was flushed. */
export type TrackedListener = (keys: readonly Buffer[] | undefined) => void

/**
 * One socket to one server, ready and authenticated. It lives once: when it closes it stays closed, and whoever
 * owns it opens another. It has no queue for times without a connection and re-sends nothing.
 */
export interface RedisLink {
  /**
   * Writes a command; its outcome goes to `target`, since a promise more per command is felt. Never throws.
   * Commands sent in one turn leave in the order of the calls. An array reply that holds errors (EXEC and the like) is not used.
   */
  send(args: readonly RedisArgument[], target: ReplyTarget): void
  /** Subscribes to a channel; `listener` gets the raw message. The link then serves subscriptions only. */
  subscribe(channel: string, listener: (message: Buffer) => void): Promise<void>
  /**
   * Hears what the server tells of tracked keys, once this link was made the target of its own CLIENT TRACKING. Absent: the client does
   * not hand it on.
   */
  hearTracked?(listener: TrackedListener): Promise<void>
  /** Closes the socket at once. Commands in flight reject with `CONNECTION_CLOSED`. Idempotent. */
  destroy(): void
}

/** What {@link RedisClient.connect} needs to know. */
export interface LinkRequest {
  /** The server to reach; absent means the one that the user's client is configured for (its primary). */
  readonly node: NodeAddress | undefined
  /** A subscriber link is used for `subscribe` only. */
  readonly purpose: "data" | "subscriber"
  /** How long the attempt may take, in milliseconds. */
  readonly connectTimeoutMs: number
  /** Gives the attempt up at once, so that a process that closes need not wait for it. */
  readonly signal?: AbortSignal
  /** Called once, when the socket closes for whatever reason after `connect` resolved. */
  readonly onClose: (reason: Error | undefined) => void
}

/**
 * The user's client, seen as a source of connections. Holdfast takes its settings and opens sockets of its own;
 * the user's socket is never touched, closed or re-configured.
 */
export interface RedisClient {
  /** The library that it comes from. */
  readonly driver: "ioredis" | "node-redis" | (string & {})
  /** How its servers stand together. */
  readonly topology: "standalone" | "sentinel" | "cluster"
  /** The servers named in the client's configuration: what a cluster is discovered from, or the sentinels. */
  readonly seeds: readonly NodeAddress[]
  /**
   * What the sentinels call the primary. Where it is told, Holdfast asks the `seeds` for the primary itself, and `connect` is always
   * told where to: to a sentinel, or to the server that the sentinels name.
   */
  readonly primaryName?: string
  /** Opens one socket and resolves when it is ready and authenticated. Rejects with a redacted HoldfastError. */
  connect(request: LinkRequest): Promise<RedisLink>
}
