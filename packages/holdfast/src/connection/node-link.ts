import type { Observer } from "../contracts/observer.ts"
import type { Random } from "../contracts/random.ts"
import type { RedisArgument, RedisReply } from "../contracts/redis-client.ts"
import type { BeforeUse, Generation, NodeStatus, SendOptions } from "../contracts/redis-connection.ts"
import type { HoldfastError } from "../errors/holdfast-error.ts"
import { deferred } from "../internal/deferred.ts"
import { circuitBreaker, type Breaker, type BreakerOptions } from "../policy/breaker.ts"
import { bounded } from "./bounded.ts"
import { openDataSocket, type DataSocket } from "./data-socket.ts"
import { FreshSockets } from "./fresh-sockets.ts"
import type { NodeOptions } from "./open-link.ts"
import { Outages, type Outage } from "./outages.ts"
import { PendingCommand, type CommandOwner } from "./pending-command.ts"
import { Reconnector } from "./reconnector.ts"
import * as refusals from "./refusals.ts"
import { ServerClock } from "./server-clock.ts"

export interface NodeLinkOptions extends NodeOptions {
  readonly random: Random
  readonly maxInFlight: number
  readonly breaker: BreakerOptions
  readonly beforeUse: BeforeUse
  readonly report: Observer | undefined
  /** Hears of every sign of life that was asked for, a new connection being the first, with the run that gave it. */
  onBeat(runId: string): void
}

type OnSend = SendOptions["onSend"]

type NodeState =
  /** `first`: no attempt has ended yet, and commands wait for it, within their own time. */
  | { readonly is: "connecting"; readonly first: boolean }
  | { readonly is: "ready"; readonly socket: DataSocket }
  | { readonly is: "closed" }

/** One primary: its present data socket, the commands on it, and the opening of the next when it is lost. */
export class NodeLink implements CommandOwner {
  readonly #options: NodeLinkOptions
  readonly #serverClock: ServerClock
  readonly #breaker: Breaker
  readonly #reconnector: Reconnector<DataSocket>
  readonly #freshSockets: FreshSockets
  readonly #firstAttempt = deferred<void>()
  readonly #drained = deferred<void>()
  readonly #outages = new Outages()
  #state: NodeState = { is: "connecting", first: true }
  #role: NodeStatus["role"] = "unknown"
  #lastError: string | undefined
  #lastFailure: HoldfastError | undefined
  /** Commands whose callers still wait. */
  #unsettled = 0

  constructor(options: NodeLinkOptions) {
    this.#options = options
    this.#serverClock = new ServerClock(options.clock)
    this.#freshSockets = new FreshSockets({ ...options, serverClock: this.#serverClock })
    const onChange = (state: Breaker["state"]["is"]): void => this.#report({ name: "breaker", state })
    this.#breaker = circuitBreaker({ ...options, onChange }, options.breaker)
    this.#reconnector = new Reconnector({
      ...options,
      open: () => openDataSocket({ ...options, serverClock: this.#serverClock }, this.#socketListener),
      opened: (socket) => this.#opened(socket),
      failed: (error) => this.#failed(error),
      discard: (socket) => destroy(socket),
    })
    this.#reconnector.start()
  }

  get generation(): Generation | undefined {
    return this.#state.is === "ready" ? this.#state.socket.generation : undefined
  }

  get status(): Omit<NodeStatus, "subscribed" | "isSubscribing" | "subscriberFailure"> {
    const { node = this.#options.node, server, features = [], lacking = [] } = this.generation ?? {}
    return {
      node,
      state: this.#state.is,
      breaker: this.#breaker.state.is,
      role: this.#role,
      server,
      features: [...features],
      lacking: [...lacking],
      inFlight: this.#state.is === "ready" ? this.#state.socket.unanswered : 0,
      lastError: this.#lastError,
    }
  }

  /** While the server does not serve: since a command failed, and none was answered after it. */
  get outage(): Outage | undefined {
    return this.#outages.outage
  }

  serverNow(): number {
    return this.#serverClock.now()
  }

  send(
    args: readonly RedisArgument[],
    timeoutMs: number,
    generation: Generation | undefined,
    onSend?: OnSend,
    asking = false,
  ): Promise<RedisReply> {
    const nowMs = this.#options.clock.monotonic()
    if (this.#state.is === "connecting" && this.#state.first && generation === undefined) {
      return this.#sendAfterFirstAttempt(args, timeoutMs, nowMs, onSend, asking)
    }
    const socket = this.#socketFor(generation, nowMs)
    if ("code" in socket) return Promise.reject(socket)
    const command = this.#pending(args, timeoutMs, nowMs)
    this.#dispatch(command, socket, args, onSend, asking)
    return command.promise
  }

  /** Sends one command over a socket of its own, which is destroyed afterwards. */
  async sendFresh(args: readonly RedisArgument[], timeoutMs: number, asking = false): Promise<RedisReply> {
    if (this.#state.is === "closed") throw refusals.closed()
    return this.#freshSockets.send(args, timeoutMs, { generation: this.generation, asking })
  }

  /** Drops the present socket, if it still is the one of `generation`, and opens another. */
  distrust(why: string, generation: Generation | undefined): void {
    if (this.#state.is === "ready" && this.#state.socket.generation === generation) this.#lost(this.#state.socket, why)
  }

  async close(timeoutMs: number, why: string): Promise<void> {
    const socket = this.#state.is === "ready" ? this.#state.socket : undefined
    this.#state = { is: "closed" }
    this.#reconnector.stop()
    this.#firstAttempt.resolve()
    if (this.#unsettled > 0) await bounded(this.#drained.promise, timeoutMs, this.#options)
    if (socket !== undefined) destroy(socket)
    this.#report({ name: "connection", state: "closed", why })
  }

  answered(command: PendingCommand, reply: RedisReply): void {
    const socket = command.socket as DataSocket
    socket.unanswered--
    socket.watchdog.alive()
    this.#outages.served()
    if (command.settled) return
    this.#settle(command)
    this.#breaker.succeeded()
    command.resolve(reply)
  }

  refused(command: PendingCommand, error: HoldfastError): void {
    const socket = command.socket as DataSocket
    const kind = refusals.refusalKind(error)
    refusals.notePermission(error, socket.generation.lacking)
    socket.unanswered--
    if (kind !== "closed") socket.watchdog.alive()
    if (kind === "misplaced") this.#lost(socket, refusals.reasonOf(error))
    if (kind === "command") this.#outages.served()
    else this.#lastError = refusals.shortError(this.#away(error))
    if (command.settled) return
    this.#settle(command)
    if (kind === "transient") this.#breaker.failed()
    else if (kind === "closed") this.#breaker.unproved()
    else this.#breaker.succeeded()
    command.reject(error)
  }

  gaveUp(command: PendingCommand, stalled: boolean): void {
    const { node } = this.#options
    this.#settle(command)
    this.#outages.failed()
    if (command.socket === undefined)
      return command.reject(refusals.unavailable(node, "no connection has been opened yet"))
    if (stalled) this.#breaker.unproved()
    else {
      this.#breaker.failed()
      command.socket.watchdog.missed(command.sentMs)
    }
    this.#lastError = "COMMAND_TIMEOUT"
    command.reject(refusals.timedOut(node, command.name, command.timeoutMs))
  }

  #pending(args: readonly RedisArgument[], timeoutMs: number, nowMs: number): PendingCommand {
    const command = new PendingCommand(this, args[0], timeoutMs)
    this.#unsettled++
    this.#options.deadlines.add(command, timeoutMs, nowMs)
    return command
  }

  /** `asking`: the server is told in the same turn that it is asked on behalf of a slot that is on its way to it; how that ends shows in the answer. */
  #dispatch(
    command: PendingCommand,
    socket: DataSocket,
    args: readonly RedisArgument[],
    onSend: OnSend,
    asking: boolean,
  ): void {
    command.socket = socket
    socket.unanswered++
    onSend?.(socket.generation)
    if (asking) socket.link.send(["ASKING"], { answered: ignore, refused: ignore })
    socket.link.send(args, command)
  }

  /** Otherwise whatever a program does first would be done without the store. */
  #sendAfterFirstAttempt(
    args: readonly RedisArgument[],
    timeoutMs: number,
    nowMs: number,
    onSend: OnSend,
    asking: boolean,
  ): Promise<RedisReply> {
    const { node, maxInFlight } = this.#options
    if (this.#unsettled >= maxInFlight) return Promise.reject(refusals.overloaded(node, maxInFlight))
    const command = this.#pending(args, timeoutMs, nowMs)
    this.#firstAttempt.promise.then(() => {
      if (command.settled) return
      const socket = this.#socketFor(undefined, this.#options.clock.monotonic())
      if (!("code" in socket)) return this.#dispatch(command, socket, args, onSend, asking)
      this.#settle(command)
      command.reject(socket)
    }, ignore)
    return command.promise
  }

  /** The socket to use now, or why there is none. */
  #socketFor(generation: Generation | undefined, nowMs: number): DataSocket | HoldfastError {
    const { node, maxInFlight } = this.#options
    const state = this.#state
    if (state.is === "closed") return refusals.closed()
    if (generation !== undefined && generation !== this.generation) return refusals.generationChanged()
    if (state.is === "connecting") return this.#away(refusals.notConnected(node, state.first, this.#lastFailure))
    if (state.socket.unanswered >= maxInFlight) return this.#away(refusals.overloaded(node, maxInFlight))
    if (!this.#breaker.admits(nowMs)) return this.#away(refusals.unavailable(node, "its breaker is open"))
    return state.socket
  }

  #away(why: HoldfastError): HoldfastError {
    this.#outages.failed()
    return why
  }

  #settle(command: PendingCommand): void {
    command.settled = true
    this.#options.deadlines.remove(command)
    this.#unsettled--
    if (this.#unsettled === 0 && this.#state.is === "closed") this.#drained.resolve()
  }

  readonly #socketListener = {
    unfit: (socket: DataSocket, why: string) => this.#lost(socket, why),
    beat: (socket: DataSocket) => this.#options.onBeat(socket.generation.runId),
  }

  #opened(socket: DataSocket): void {
    socket.closed.then((reason) => this.#lost(socket, refusals.closeReason(reason)), ignore)
    this.#state = { is: "ready", socket }
    this.#role = socket.generation.role
    this.#lastError = undefined
    this.#lastFailure = undefined
    this.#breaker.reset()
    this.#outages.served()
    this.#report({ name: "connection", state: "ready", why: `run ${socket.generation.runId}` })
    this.#options.onBeat(socket.generation.runId)
    this.#firstAttempt.resolve()
  }

  #failed(error: HoldfastError): void {
    this.#state = { is: "connecting", first: false }
    this.#role = error.facts["role"] === "replica" ? "replica" : "unknown"
    this.#lastError = refusals.shortError(error)
    this.#lastFailure = error
    this.#report({ name: "connection", state: "connecting", why: refusals.reasonOf(error) })
    this.#firstAttempt.resolve()
  }

  #lost(socket: DataSocket, why: string): void {
    if (this.#state.is !== "ready" || this.#state.socket !== socket) return
    this.#state = { is: "connecting", first: false }
    this.#role = "unknown"
    this.#lastError = "CONNECTION_CLOSED"
    this.#serverClock.forget()
    destroy(socket)
    this.#report({ name: "connection", state: "connecting", why })
    this.#reconnector.lost()
  }

  #report(event: NodeEvent): void {
    this.#options.report?.({ ...event, node: this.generation?.node ?? this.#options.node })
  }
}

type Reported = Parameters<Observer>[0]
type NodeEvent =
  | Omit<Extract<Reported, { name: "connection" }>, "node">
  | Omit<Extract<Reported, { name: "breaker" }>, "node">

function destroy(socket: DataSocket): void {
  socket.watchdog.stop()
  socket.link.destroy()
}

function ignore(): void {}
