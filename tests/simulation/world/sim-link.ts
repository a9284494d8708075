import type { LinkRequest, RedisArgument, RedisLink, ReplyTarget, TrackedListener } from "holdfast/testing"
import type { MessageFault } from "../faults/message-faults.ts"
import { ModelError, type ModelReply } from "../model/model-reply.ts"
import type { ModelSession } from "../model/model-node.ts"
import { firstKey } from "./command-name.ts"
import type { Network } from "./network.ts"
import { clientReply, connectionClosed, modelArguments, refusal } from "./replies.ts"
import type { SimProcess } from "./sim-process.ts"
import type { SimServer } from "./sim-server.ts"

/** A command on its way. */
interface Message {
  readonly args: readonly string[]
  readonly name: string
  readonly target: ReplyTarget
  readonly fault: MessageFault | undefined
  readonly sentMs: number
  /** Undefined until it is executed. */
  reply: ModelReply | undefined
}

/** The least time between two messages of one direction, so that they never overtake each other. */
const gapMs = 0.001

/** What a socket asks for itself: an answer says nothing of the caches' commands yet. */
const ofTheSocket: ReadonlySet<string> = new Set(["COMMAND", "EVAL", "EVALSHA", "INFO", "PING", "TIME"])

/** One socket: two directions, each in order, each with delays of its own. */
export class SimLink implements RedisLink {
  readonly process: SimProcess
  readonly server: SimServer
  readonly purpose: LinkRequest["purpose"]
  session: ModelSession | undefined = undefined
  /** It has answered a read with another key's entry, or with what no read is answered with. */
  gaveForeign = false
  readonly #network: Network
  readonly #onClose: LinkRequest["onClose"]
  readonly #listeners = new Map<string, (message: Buffer) => void>()
  #onTracked: TrackedListener | undefined
  readonly #waiting = new Set<Message>()
  /** A socket that mixes replies up does so with the next read, too, and then no more. */
  #wasMixedUp = false
  /** Those to which another request's reply was given: it must not come back to its own later. */
  readonly #mixedUp = new WeakSet<Message>()
  #clientIsOpen = true
  #isAccepted = false
  #serverIsOpen = true
  /** Nothing gets through any more, and nobody is told. */
  #isSilent = false
  #sent = 0
  #lastRequestMs = 0
  #lastReplyMs = 0
  /** What arrives later than this after the client has closed is not executed. */
  #executedUntilMs = Infinity

  constructor(network: Network, process: SimProcess, server: SimServer, request: LinkRequest) {
    this.#network = network
    this.process = process
    this.server = server
    this.purpose = request.purpose
    this.#onClose = request.onClose
    process.sockets += 1
  }

  send(args: readonly RedisArgument[], target: ReplyTarget): void {
    this.#send(modelArguments(args), target)
  }

  subscribe(channel: string, listener: (message: Buffer) => void): Promise<void> {
    this.#listeners.set(channel, listener)
    return new Promise((resolve, reject) => {
      this.#send(["SUBSCRIBE", channel], { answered: () => resolve(), refused: reject })
    })
  }

  hearTracked(listener: TrackedListener): Promise<void> {
    this.#onTracked = listener
    return this.subscribe("__redis__:invalidate", () => {})
  }

  destroy(): void {
    if (!this.#clientIsOpen) return
    const { world } = this.#network
    this.#executedUntilMs = this.#network.draw(this, 3) < 0.7 ? Infinity : world.nowMs + this.#network.latencyMs(this)
    this.#closeClient(undefined)
    world.at(this.#requestDelayMs(0), undefined, () => this.#closeServer())
  }

  /** The server has taken the connection; its client learns that with the first bytes from there. */
  accept(session: ModelSession, run: () => void): void {
    this.session = session
    this.server.links.add(this)
    this.#toClient(0, () => {
      this.#isAccepted = this.#clientIsOpen
      run()
    })
  }

  /** The server, or something between, ends it. */
  cut(silently: boolean): void {
    this.#closeServer()
    if (silently) this.#isSilent = true
    else if (this.#clientIsOpen) {
      this.#toClient(0, () => {
        if (this.#clientIsOpen) this.#closeClient(connectionClosed())
      })
    }
  }

  /** The path is gone, and neither side knows. */
  halfOpen(): void {
    this.#isSilent = true
  }

  /** A message of a channel that this socket listens to. */
  push(channel: string, message: string): void {
    this.#push(() => this.#listeners.get(channel)?.(Buffer.from(message, "latin1")))
  }

  /** What the server tells of tracked keys. */
  tracked(keys: readonly string[] | undefined): void {
    this.#push(() => this.#onTracked?.(keys?.map((key) => Buffer.from(key, "latin1"))))
  }

  #push(hear: () => void): void {
    const deliveries = this.#network.faults.onPublish(this.process)
    if (deliveries.length === 0 && this.#network.losesConnections) this.cut(false)
    for (const delayMs of deliveries) {
      this.#toClient(delayMs, () => {
        if (this.#clientIsOpen) hear()
      })
    }
  }

  #send(args: readonly string[], target: ReplyTarget): void {
    const { faults, world } = this.#network
    if (!this.#clientIsOpen) {
      world.at(0, this.process, () => target.refused(connectionClosed()))
      return
    }
    const name = this.#network.names.of(args)
    const fault = faults.onSend(this.process, this.purpose, name)
    const message: Message = { args, name, target, fault, sentMs: world.nowMs, reply: undefined }
    this.#waiting.add(message)
    this.#sent += 1
    if (this.#isSilent || fault?.is === "lost-request") return
    const delayMs = this.#requestDelayMs(fault?.requestMs ?? 0)
    world.at(delayMs, undefined, () => this.#arrive(message))
  }

  #requestDelayMs(extraMs: number): number {
    const { nowMs } = this.#network.world
    const atMs = Math.max(this.#lastRequestMs + gapMs, nowMs + this.#network.latencyMs(this) + extraMs)
    this.#lastRequestMs = atMs
    return atMs - nowMs
  }

  #arrive(message: Message): void {
    const { world } = this.#network
    if (!this.#serverIsOpen || this.#isSilent || world.nowMs > this.#executedUntilMs) return
    const frozenMs = this.server.frozenUntilMs - world.nowMs
    if (frozenMs > 0) {
      world.at(frozenMs, undefined, () => this.#arrive(message))
      return
    }
    this.#execute(message)
  }

  #execute(message: Message): void {
    const { session, server } = this
    if (session === undefined) return
    this.#network.executing = { process: this.process, sentMs: message.sentMs }
    if (message.args[1] === "TRACKING" && this.#network.faults.onTracking(this.process)) return this.cut(false)
    const reply = server.model.execute(session, message.args)
    message.reply = reply
    if (isPage(message) && this.#network.faults.onPage(this.process))
      this.#network.evict(server, firstKey(message.args))
    if (message.fault?.is === "lost-reply") return
    this.#toClient(message.fault?.replyMs ?? 0, () => this.#answer(message))
  }

  /** Plans what the client is to see, behind everything that is on its way to it. */
  #toClient(extraMs: number, run: () => void): void {
    if (this.#isSilent) return
    const { world } = this.#network
    const atMs = Math.max(this.#lastReplyMs + gapMs, world.nowMs + this.#network.latencyMs(this) + extraMs)
    this.#lastReplyMs = atMs
    world.at(atMs - world.nowMs, this.process, () => {
      if (!this.#isSilent) run()
    })
  }

  #answer(message: Message): void {
    if (!this.#clientIsOpen) return
    const goesOn =
      this.gaveForeign && message.name === "GET" && !this.#wasMixedUp && !this.#network.faults.mixUpsHaveEnded
    if (message.fault?.is === "misroute" || goesOn) this.#misroute(message)
    this.#wasMixedUp ||= goesOn
    this.#waiting.delete(message)
    const { reply, target, name } = message
    if (reply instanceof ModelError) return target.refused(refusal(reply.text, name))
    if (this.purpose === "data" && !ofTheSocket.has(name)) this.process.answers += 1
    target.answered(clientReply(reply as ModelReply))
  }

  /** Gives the reply of another request about another key, and that request gets this one's. */
  #misroute(message: Message): void {
    const index = this.#network.keys.indexOf(firstKey(message.args))
    for (const other of this.#waiting) {
      const otherIndex = this.#network.keys.indexOf(firstKey(other.args))
      if (other.reply === undefined || otherIndex === undefined || otherIndex === index) continue
      if (this.#mixedUp.has(other)) continue
      const { reply } = message
      this.#giveForeign(message, other.reply)
      other.reply = reply
      this.#mixedUp.add(other)
      return
    }
    const { session } = this
    if (session === undefined || index === undefined || !this.#serverIsOpen) return
    const isOther = this.#network.draw(this, 5) < 0.3
    const otherKey = this.#network.keys.otherValueKey(index)
    this.#giveForeign(message, isOther ? ["wait"] : this.server.model.execute(session, ["GET", otherKey]))
  }

  #giveForeign(message: Message, reply: ModelReply): void {
    message.reply = reply
    const isEntry = typeof reply === "string" && reply.startsWith("HF")
    if (!isEntry && Array.isArray(reply) === (message.name === "MGET")) return
    this.gaveForeign = true
    // Any other socket has been asked what it leads to before.
    if (this.#sent === 1) this.process.wasMisledTwice = true
  }

  #closeClient(reason: Error | undefined): void {
    this.#clientIsOpen = false
    this.process.sockets -= 1
    if (this.#isAccepted) this.#onClose(reason)
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    if (waiting.length === 0) return
    this.#network.world.at(0, this.process, () => {
      for (const { target } of waiting) target.refused(connectionClosed())
    })
  }

  #closeServer(): void {
    if (!this.#serverIsOpen) return
    this.#serverIsOpen = false
    this.server.links.delete(this)
    if (this.session !== undefined) this.server.model.disconnect(this.session)
  }
}

/** Whether a list of a tag may go on behind it. */
function isPage({ name, reply }: Message): boolean {
  return name === "LIST-TAG" && Array.isArray(reply) && reply.length > 2
}
