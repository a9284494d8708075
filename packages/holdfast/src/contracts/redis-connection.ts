import type { NodeAddress, RedisArgument, RedisReply } from "./redis-client.ts"

/** A Lua script as generated from `scripts/*.lua`. */
export interface RedisScript {
  /** Its file without the extension. */
  readonly name: string
  /** SHA-1 of `lua` in hex, for EVALSHA. */
  readonly sha1: string
  /** What EVAL sends. */
  readonly lua: string
}

/** A command newer than the oldest server that is supported. Whatever it does, a script does as well. */
export type ServerFeature = "SET IFEQ" | "DELEX" | "DELIFEQ"

/**
 * One socket to one server as it was read before its first use (R4): the socket itself, `run_id`, `master_replid`, role.
 * Compared by identity. Every socket has an object of its own, so that what a lease or window allows is sent where it was granted;
 * in a cluster a slot that gets another owner has another one, and yet another when it comes back.
 */
export interface Generation {
  /** The server at the other end. */
  readonly node: NodeAddress
  /** Its `run_id`: another one means that it was restarted. */
  readonly runId: string
  /** Its `master_replid`: another one means that it, or the primary that it follows, was promoted. */
  readonly replId: string
  /** Its `master_replid2`: the history that it had followed as a replica when it was promoted last; zeros if it never was. */
  readonly formerReplId: string
  /** What it said it was. */
  readonly role: "primary" | "replica"
  /** Its name and version; undefined if it tells none. */
  readonly server: string | undefined
  /** What it has. Whoever is refused one on this socket takes it out; the next socket is asked anew. */
  readonly features: Set<ServerFeature>
  /** What the user was refused on this socket: "+evalsha", or "a key", "a channel" or "a command" where the server names none. */
  readonly lacking: Set<string>
}

/**
 * Asks a server something before anything else is sent to it, on the data socket that is being opened to it. If it rejects, the socket is not used,
 * and another attempt follows.
 */
export type BeforeUse = (
  generation: Generation,
  ask: (args: readonly RedisArgument[]) => Promise<RedisReply>,
) => Promise<void>

/** How one command is to be sent. */
export interface SendOptions {
  /** Milliseconds until the command is given up; default: the connection's `commandTimeout`. */
  readonly timeoutMs?: number
  /**
   * Send only if this is still the current generation of the slot's owner, once, without redirection or retry;
   * else, and if the owner answers that the slot has gone, reject with `GENERATION_CHANGED`. FILL and CLOSE use it (R4).
   */
  readonly generation?: Generation
  /**
   * Open a data connection for this one command and use no other: the second opinion of R8. At most four are open per
   * server; above that the command is refused with `STORE_OVERLOADED`. If it leads to another server, run or history than the usual
   * one, which may know less, the command is refused with `GENERATION_CHANGED`.
   */
  readonly fresh?: boolean
  /** Told the generation of the socket just before the command is written to it; again if a script is sent again. Not for `fresh`. */
  readonly onSend?: (generation: Generation) => void
}

/** A socket that hears all channels from one server. Compared by identity. */
export interface SubscriberSocket {
  /** The server at the other end. */
  readonly node: NodeAddress
  /** Its `run_id`, as read before anything was heard. */
  readonly runId: string
  /** Nothing is heard from it any more: what was published since has been missed. */
  readonly isLost: boolean
  /** Why the server does not tell it of tracked keys; undefined: the server says that it does. */
  readonly whyUntracked: string | undefined
  /** Calls back when it is lost. */
  onLost(run: () => void): void
}

/**
 * Hears a message. A cluster passes each on to all its servers, so it is heard as often as there are primaries, now and later;
 * of these copies `speaksFor` singles one out: it says whether this one was heard from the owner of a slot. What is published on
 * the server that `from` leads to is heard from there in order, and none of it is missed before the socket is lost.
 */
export type ChannelListener = (message: Buffer, speaksFor: (slot: number) => boolean, from: SubscriberSocket) => void

/** Hears of tracked keys, as in `TrackedListener`, from the server that `from` leads to. */
export type TrackingListener = (keys: readonly Buffer[] | undefined, from: SubscriberSocket) => void

/** The state of one server connection, for `health()`. */
export interface NodeStatus {
  /** The server at the other end. */
  readonly node: NodeAddress
  /** Of the data socket; `closed` only once the connection was closed. */
  readonly state: "connecting" | "ready" | "closed"
  /** `open`: commands are refused at once, because too many have failed. */
  readonly breaker: "closed" | "open" | "half-open"
  /** As the server said when the socket was opened; `unknown` before. */
  readonly role: "primary" | "replica" | "unknown"
  /** Name and version of the server, such as "Valkey 9.1.2"; undefined while there is no connection, or if it tells none. */
  readonly server: string | undefined
  /** Newer commands that it has and that are used instead of scripts. */
  readonly features: readonly ServerFeature[]
  /** What the user was refused on the present data socket: "+evalsha", or "a key", "a channel" or "a command" where the server names none. */
  readonly lacking: readonly string[]
  /** Commands without an answer. */
  readonly inFlight: number
  /** Code of the last error seen since the connection was opened, with the server's word if it gave one: "SERVER_REFUSED NOPERM". */
  readonly lastError: string | undefined
  /** Whether the subscriber connection is up, so that waiters are woken by push. */
  readonly subscribed: boolean
  /** Whether it will be so in a moment, if all goes well: it is opening for the first time, or a channel was just added. */
  readonly isSubscribing: boolean
  /** Why the subscriber connection could not be had, as a part of a sentence; undefined while nothing speaks against it. */
  readonly subscriberFailure: string | undefined
}

/** One primary, sent to by itself and not as the owner of a slot: for what concerns all its keys, such as SCAN. */
export interface PrimaryServer {
  /** Where it is. */
  readonly node: NodeAddress
  /** Of its present data socket; undefined while there is none. */
  readonly generation: Generation | undefined
  /**
   * Sends one command. `generation` is that of a socket, as of this object, and never one of a slot. Rejects with `CLOSED` also once
   * the primary owns no slot any more.
   */
  command(
    args: readonly RedisArgument[],
    options?: Pick<SendOptions, "timeoutMs" | "generation" | "onSend">,
  ): Promise<RedisReply>
}

/**
 * What stores use to reach Redis: every command is bounded by a deadline, counted against `maxInFlight`, judged by the
 * breaker, and sent to the owner of its slot. Nothing is queued while there is no connection, but for commands that wait, within
 * their own deadline, for the end of the very first attempt to connect.
 *
 * Rejections are HoldfastErrors: `COMMAND_TIMEOUT`, `STORE_UNAVAILABLE`, `STORE_OVERLOADED`, `CONNECTION_CLOSED`,
 * `SERVER_REFUSED`, `GENERATION_CHANGED`, `CLOSED`.
 */
export interface RedisConnection {
  /** The generation that commands for this slot would use now; undefined while there is no ready connection. */
  generation(slot: number): Generation | undefined
  /** Whether commands of different slots may share one command (MGET): true on a standalone server. */
  readonly sharesSlots: boolean
  /** Sends one command to the owner of the slot. */
  command(slot: number, args: readonly RedisArgument[], options?: SendOptions): Promise<RedisReply>
  /** EVALSHA, then EVAL on NOSCRIPT (which proves that nothing was executed). */
  script(
    slot: number,
    script: RedisScript,
    keys: readonly string[],
    args: readonly RedisArgument[],
    options?: SendOptions,
  ): Promise<RedisReply>
  /** Hears `channel` on the subscriber connection of every primary, across reconnections. Returns the end of it. */
  subscribe(channel: string, listener: ChannelListener): () => void
  /**
   * Has every primary tell its subscriber connection of each key that begins with `prefix` and is written to or goes (CLIENT TRACKING in
   * broadcast mode), now and across reconnections, as far as it can be had: see {@link SubscriberSocket.whyUntracked}. One prefix and one
   * listener per connection. Subscriber connections that are open already are opened anew.
   */
  track(prefix: string, listener: TrackingListener): void
  /** The socket that hears the slot's owner, if it hears all channels that were asked for. */
  subscriber(slot: number): SubscriberSocket | undefined
  /**
   * The outage of the slot's owner: it lasts from a command that failed until one is answered, or the server is connected to anew.
   * Compared by identity; undefined while there is none.
   */
  outage(slot: number): object | undefined
  /** Server time of the slot's owner in milliseconds since the epoch, estimated (R9). */
  serverNow(slot: number): number
  /**
   * Drops the data connection of the slot's owner, because it gave a reply that belongs to another request (R8).
   * Does nothing unless `generation`, the one that gave it, is still the current one.
   */
  distrust(slot: number, why: string, generation: Generation | undefined): void
  /** All primaries that connections are held to. */
  servers(): readonly PrimaryServer[]
  /** The primary at this address; connections to it are opened if there are none. A server of a connection to one is that one. */
  server(node: NodeAddress): PrimaryServer
  /** One address per primary; `slot` is a slot it owns, so that a command can be sent to it. */
  nodes(): readonly (NodeStatus & { readonly slot: number })[]
  /** Stops reconnecting, waits for commands in flight up to `timeoutMs`, then destroys. Idempotent. */
  close(options: { timeoutMs: number }): Promise<void>
}
