import type { Clock, Timer } from "../contracts/clock.ts"
import type {
  LinkRequest,
  RedisArgument,
  RedisClient,
  RedisLink,
  RedisReply,
  ReplyTarget,
  TrackedListener,
} from "../contracts/redis-client.ts"
import type { ServerFeature } from "../contracts/redis-connection.ts"
import { HoldfastError, type ErrorFacts } from "../errors/holdfast-error.ts"

/** What a scripted server does with a command: a reply, an error, or nothing for ever. */
export type ScriptedReply = RedisReply | HoldfastError | "never"

/** A server without a socket, for tests of what wraps a client: it answers, freezes, refuses and lies as it is told. */
export class ScriptedServer {
  /** How new connections fare: an error refuses them, "hang" never answers. */
  accepts: "yes" | "hang" | HoldfastError = "yes"
  /** How long a reply or a connection takes, in milliseconds. */
  latencyMs = 1
  runId = "run-1"
  replId = "repl-1"
  role: "master" | "slave" = "master"
  version = "redis_version:7.0.15"
  /** What it answers to a script that only proves that scripts run. */
  scripting: ScriptedReply = 1
  /** The answer to CLIENT TRACKING; "deaf": it agrees, and tells nothing. */
  tracking: ScriptedReply | "deaf" = Buffer.from("OK")
  /** Whether links hand on what it tells of tracked keys. */
  handsOnTracked = true
  /** Newer commands that it says it has. */
  features: readonly ServerFeature[] = []
  /** How often it was asked for them. */
  probes = 0
  /** The server's clock against the test's. */
  skewMs = 0
  /** The answer to a command that connections do not send by themselves. */
  answer: (args: readonly string[], link: ScriptedLink) => ScriptedReply = () => Buffer.from("OK")
  /** Commands received, as text, without those that connections send by themselves. */
  readonly received: string[][] = []
  /** Attempts to connect so far. */
  attempts = 0
  readonly #clock: Clock
  readonly #open = new Set<ScriptedLink>()
  #held: (() => void)[] | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Connections open now. */
  get open(): readonly ScriptedLink[] {
    return [...this.#open]
  }

  get client(): RedisClient {
    return {
      driver: "scripted",
      topology: "standalone",
      seeds: [{ host: "scripted", port: 6379 }],
      connect: (request) => this.connect(request),
    }
  }

  /** Stops answering, as if the process were suspended; what arrives meanwhile is answered after `thaw`. */
  freeze(): void {
    this.#held ??= []
  }

  thaw(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const run of held) run()
  }

  /** Closes all connections. */
  reset(): void {
    for (const link of this.open) link.closedByServer()
  }

  publish(channel: string, message: string): void {
    for (const link of this.open) link.channels.get(channel)?.(Buffer.from(message))
  }

  /** Somebody writes to keys; undefined: it is flushed. */
  touch(...keys: readonly string[] | readonly [undefined]): void {
    for (const link of this.open) link.touched(keys)
  }

  /** Runs after the latency, or when the server goes on. */
  later(run: () => void): void {
    this.#clock.setTimeout(() => (this.#held === undefined ? run() : this.#held.push(run)), this.latencyMs)
  }

  forget(link: ScriptedLink): void {
    this.#open.delete(link)
  }

  reply(args: readonly string[], link: ScriptedLink): ScriptedReply {
    const [name = "", section] = args
    if (name === "INFO") return Buffer.from(this.#info(section))
    if (name === "TIME") return this.#time()
    if (name === "PING") return Buffer.from("PONG")
    if (name === "EVAL" && section === "return 1") return this.scripting
    if (name === "CLIENT") return this.#client(args, link)
    if (name === "COMMAND") return this.#about(args.slice(1))
    this.received.push([...args])
    return this.answer(args, link)
  }

  connect(request: LinkRequest): Promise<RedisLink> {
    this.attempts++
    return new Promise((resolve, reject) => {
      let timer: Timer
      const giveUp = (): void => {
        this.#clock.clearTimeout(timer)
        reject(new HoldfastError("STORE_UNAVAILABLE", "Given up."))
      }
      request.signal?.addEventListener("abort", giveUp, { once: true })
      if (this.accepts === "hang") {
        timer = this.#clock.setTimeout(() => {
          request.signal?.removeEventListener("abort", giveUp)
          giveUp()
        }, request.connectTimeoutMs)
        return
      }
      this.later(() => {
        request.signal?.removeEventListener("abort", giveUp)
        if (request.signal?.aborted === true) return
        if (this.accepts instanceof HoldfastError) return reject(this.accepts)
        const link = new ScriptedLink(this, request)
        this.#open.add(link)
        resolve(link)
      })
    })
  }

  #client(args: readonly string[], link: ScriptedLink): ScriptedReply {
    const [, topic, mode] = args
    if (topic === "ID") return 7
    const { tracking } = this
    const agrees = tracking === "deaf" || Buffer.isBuffer(tracking)
    if (agrees) link.prefix = mode === "ON" && tracking !== "deaf" ? args.at(-1) : undefined
    return tracking === "deaf" ? Buffer.from("OK") : tracking
  }

  #about([topic, ...names]: readonly string[]): RedisReply {
    const known = (name: string): boolean => this.features.some((feature) => feature === name)
    if (topic === "INFO") {
      this.probes++
      return names.map((name) => (known(name) ? [Buffer.from(name.toLowerCase()), -2] : null))
    }
    return known("SET IFEQ") ? [Buffer.from("set"), [Buffer.from("arguments"), [[Buffer.from("IFEQ")]]]] : []
  }

  #info(section: string | undefined): string {
    const fields =
      section === "replication"
        ? [`role:${this.role}`, `master_replid:${this.replId}`]
        : [this.version, `run_id:${this.runId}`]
    return [`# ${section}`, ...fields, ""].join("\r\n")
  }

  #time(): RedisReply {
    const ms = this.#clock.now() + this.skewMs
    return [Buffer.from(String(Math.floor(ms / 1000))), Buffer.from(String((ms % 1000) * 1000))]
  }
}

/** One connection to a {@link ScriptedServer}. */
export class ScriptedLink implements RedisLink {
  readonly purpose: LinkRequest["purpose"]
  readonly channels: Map<string, (message: Buffer) => void> = new Map()
  /** What it has asked to be told of. */
  prefix: string | undefined
  readonly hearTracked?: (listener: TrackedListener) => Promise<void>
  #tracked: TrackedListener | undefined
  readonly #server: ScriptedServer
  readonly #request: LinkRequest
  readonly #waiting = new Set<ReplyTarget>()
  #open = true

  constructor(server: ScriptedServer, request: LinkRequest) {
    this.#server = server
    this.#request = request
    this.purpose = request.purpose
    if (server.handsOnTracked) this.hearTracked = (listener) => this.#hearTracked(listener)
  }

  /** The server tells of keys. */
  touched(keys: readonly (string | undefined)[]): void {
    const { prefix } = this
    if (prefix === undefined) return
    const own = keys.filter((key) => key?.startsWith(prefix)).map((key) => Buffer.from(key ?? ""))
    if (own.length > 0) this.#tracked?.(own)
    else if (keys.includes(undefined)) this.#tracked?.(undefined)
  }

  send(args: readonly RedisArgument[], target: ReplyTarget): void {
    const text = args.map((arg) => (typeof arg === "string" ? arg : Buffer.from(arg).toString("latin1")))
    this.#waiting.add(target)
    if (!this.#open) return queueMicrotask(() => this.#fail(target))
    this.#server.later(() => {
      if (!this.#waiting.has(target)) return
      const reply = this.#server.reply(text, this)
      if (reply === "never") return
      this.#waiting.delete(target)
      if (reply instanceof HoldfastError) target.refused(reply)
      else target.answered(reply)
    })
  }

  subscribe(channel: string, listener: (message: Buffer) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.send(["SUBSCRIBE", channel], {
        answered: () => {
          this.channels.set(channel, listener)
          resolve()
        },
        refused: reject,
      })
    })
  }

  async #hearTracked(listener: TrackedListener): Promise<void> {
    await this.subscribe("__redis__:invalidate", () => {})
    this.#tracked = listener
  }

  destroy(): void {
    this.#close(undefined)
  }

  closedByServer(): void {
    this.#close(new HoldfastError("CONNECTION_CLOSED", "Reset.", { facts: { reason: "ECONNRESET" } }))
  }

  #close(reason: Error | undefined): void {
    if (!this.#open) return
    this.#open = false
    this.#server.forget(this)
    for (const target of this.#waiting) queueMicrotask(() => this.#fail(target))
    this.#request.onClose(reason)
  }

  #fail(target: ReplyTarget): void {
    if (this.#waiting.delete(target)) target.refused(new HoldfastError("CONNECTION_CLOSED", "Scripted."))
  }
}

/** What a server answers instead of a reply, such as "READONLY". */
export function refusal(reply: string, command = "COMMAND", facts: ErrorFacts = {}): HoldfastError {
  return new HoldfastError("SERVER_REFUSED", `The server answered ${command} with ${reply}.`, {
    facts: { command, reply, ...facts },
  })
}
