import { Channels } from "./channels.ts"
import { chosen, type Command } from "./commands/command.ts"
import { findCommand, unknownCommand } from "./commands/command-table.ts"
import { isNewer, type NewerCommand } from "./commands/newer.ts"
import { notModelled, Status, type CommandReply } from "./commands/reply.ts"
import { Keyspace, type StoredEntry, type StoredValue } from "./keyspace.ts"
import type { ModelCluster } from "./model-cluster.ts"
import { ModelError, type ModelReply } from "./model-reply.ts"
import { OpenSession, type ModelSession, type SessionPeer } from "./model-session.ts"
import { refusalFor } from "./refusals.ts"
import { TrackedKeys } from "./tracked-keys.ts"
import type { LoadedScript } from "./script-texts.ts"

export type { ModelCluster } from "./model-cluster.ts"
export type { ModelSession } from "./model-session.ts"

/** What a replica or a file holds of a server at one moment. */
export interface ModelSnapshot {
  readonly entries: ReadonlyMap<string, StoredEntry>
}

/** A key on its way from one server to another, whose clock may differ. */
export interface TakenEntry {
  readonly value: StoredValue
  /** Infinity: it never ends. */
  readonly leftMs: number
}

/** How a server is made. */
export interface ModelNodeOptions {
  readonly node: { readonly host: string; readonly port: number }
  /** The server's own wall time, in ms since the epoch; fractions are microseconds. */
  readonly nowMs: () => number
  /** A new run or replication id: 40 hex digits. */
  readonly newId: () => string
  readonly cluster?: ModelCluster
  /** What it can do that Redis 7.0 cannot. Default nothing. */
  readonly newer?: readonly NewerCommand[]
}

/** What was executed, for those who watch. */
export interface ExecutedCommand {
  readonly session: ModelSession
  readonly name: string
  /** SHA-1 of the script that ran. */
  readonly script?: string
  readonly args: readonly string[]
  readonly reply: ModelReply
}

/** A model of one Redis 7.0 server, with a few newer commands if need be, exact in what the library uses. It holds no clock, no timer and no chance. */
export class ModelNode {
  readonly node: ModelNodeOptions["node"]
  readonly cluster: ModelCluster | undefined
  /** How its cluster calls it, for all its runs. */
  readonly clusterId: string
  readonly channels = new Channels()
  readonly tracking = new TrackedKeys()
  readonly newer: ReadonlySet<NewerCommand>
  readonly scripts = new Map<string, LoadedScript>()
  /** What commands are refused with, by its first word; "" for none. */
  refusal = ""
  role: "primary" | "replica" = "primary"
  /** The history that it followed before it was promoted. */
  formerReplId = "0".repeat(40)
  onCommand: ((info: ExecutedCommand) => void) | undefined
  /** Of the script that the running command runs. */
  lastScript: string | undefined
  readonly #options: ModelNodeOptions
  readonly #sessions = new Set<OpenSession>()
  #data = new Keyspace()
  #nowMs = 0
  #runId: string
  #replId: string
  #sessionsMade = 0

  constructor(options: ModelNodeOptions) {
    this.#options = options
    this.node = options.node
    this.cluster = options.cluster
    this.newer = new Set(options.newer)
    this.#runId = options.newId()
    this.#replId = options.newId()
    this.clusterId = options.cluster === undefined ? "" : options.newId()
    options.cluster?.join(this)
    this.tracking.watch(this.#data)
  }

  get runId(): string {
    return this.#runId
  }

  get replId(): string {
    return this.#replId
  }

  /** When the running command began. */
  get nowMs(): number {
    return this.#nowMs
  }

  get data(): Keyspace {
    return this.#data
  }

  get size(): number {
    return this.#data.keys().length
  }

  connect(peer: SessionPeer): ModelSession {
    const session = new OpenSession(++this.#sessionsMade, peer)
    this.#sessions.add(session)
    return session
  }

  disconnect(session: ModelSession): void {
    const open = session as OpenSession
    open.closed = true
    this.#sessions.delete(open)
    for (const channel of open.channels) this.channels.remove(open, channel)
    this.tracking.track(open, undefined)
  }

  execute(session: ModelSession, args: readonly string[]): ModelReply {
    const open = session as OpenSession
    if (open.closed) throw new Error("This session of the model is closed.")
    this.#tick()
    this.lastScript = undefined
    const { asking } = open
    const reply = plain(this.#run(open, args))
    if (asking) open.asking = false
    this.tracking.tell()
    this.onCommand?.(this.#executed(open, args, reply))
    return reply
  }

  commandNamed(name: string): Command | undefined {
    const found = findCommand(name)
    const upper = found?.name.toUpperCase() ?? ""
    return isNewer(upper) && !this.newer.has(upper) ? undefined : found
  }

  /** How many sessions of this server heard it. */
  publish(channel: string, message: string): number {
    this.cluster?.passOn(this, channel, message)
    return this.channels.publish(channel, message)
  }

  evict(key: string): boolean {
    this.#tick()
    const isGone = this.#data.delete(key)
    this.tracking.tell()
    return isGone
  }

  keys(): Iterable<string> {
    this.#tick()
    return this.#data.keys()
  }

  /** What a key holds now. */
  find(key: string): StoredEntry | undefined {
    this.#tick()
    return this.#data.entry(key)
  }

  /** Takes a key away to another server, with the ms that it has left. */
  take(key: string): TakenEntry | undefined {
    this.#tick()
    const entry = this.#data.entry(key)
    if (entry === undefined) return undefined
    this.#data.delete(key)
    this.tracking.tell()
    return { value: entry.value, leftMs: Math.max(1, entry.expiresMs - this.#data.nowMs) }
  }

  /** Puts what another server had in the place of what is here. */
  give(key: string, { value, leftMs }: TakenEntry): void {
    this.#tick()
    this.#data.put(key, value, this.#data.nowMs + leftMs)
    this.tracking.tell()
  }

  flushAll(): void {
    this.#data.clear()
    this.tracking.flushed()
  }

  snapshot(): ModelSnapshot {
    return { entries: this.#data.copy() }
  }

  /** Another run, or another server at this address: sessions are closed and scripts forgotten. */
  restart(from?: ModelSnapshot): void {
    this.#runId = this.#options.newId()
    this.#replId = this.#options.newId()
    this.#data = new Keyspace(from?.entries)
    this.tracking.clear()
    this.tracking.watch(this.#data)
    this.scripts.clear()
    this.channels.clear()
    const sessions = [...this.#sessions]
    this.#sessions.clear()
    for (const session of sessions) {
      session.closed = true
      session.channels.clear()
      session.peer.closed()
    }
  }

  #run(session: OpenSession, args: readonly string[]): CommandReply {
    const found = this.commandNamed(args[0] as string)
    if (found === undefined) return unknownCommand(args)
    const command = chosen(found, args)
    if (command instanceof ModelError) return command
    const refused = this.#refusal(command, session, args)
    if (refused !== undefined) return refused
    return command.run({ node: this, data: this.#data, session }, args)
  }

  #refusal(command: Command, session: OpenSession, args: readonly string[]): ModelError | undefined {
    if (this.refusal === "NOAUTH") return refusalFor("NOAUTH", command)
    const elsewhere = this.cluster?.redirection(this, command, session, args)
    if (elsewhere !== undefined) return elsewhere
    if (this.role === "replica" && command.isWrite) return refusalFor("READONLY", command)
    if (session.channels.size > 0 && !whileSubscribed.has(command.name)) return onlySubscriptions(command.name)
    return this.refusal === "" ? undefined : refusalFor(this.refusal, command)
  }

  #tick(): void {
    this.#nowMs = this.#options.nowMs()
    this.#data.nowMs = Math.floor(this.#nowMs)
  }

  #executed(session: ModelSession, args: readonly string[], reply: ModelReply): ExecutedCommand {
    const name = (args[0] as string).toUpperCase()
    const script = this.lastScript
    return script === undefined ? { session, name, args, reply } : { session, name, script, args, reply }
  }
}

const whileSubscribed = new Set(["subscribe", "unsubscribe", "ping"])

function onlySubscriptions(name: string): ModelError {
  return new ModelError(
    `ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
  )
}

function plain(reply: CommandReply): ModelReply {
  if (reply === undefined) throw notModelled("a command without a reply")
  return reply instanceof Status ? reply.text : reply
}
