import type { Random } from "../contracts/random.ts"
import type { NodeAddress, RedisLink } from "../contracts/redis-client.ts"
import type { SubscriberSocket, TrackingListener } from "../contracts/redis-connection.ts"
import { hasCode, type HoldfastError } from "../errors/holdfast-error.ts"
import { ask } from "./ask.ts"
import { readRunId } from "./generation.ts"
import { openLink, type NodeOptions, type OpenedLink } from "./open-link.ts"
import { Reconnector } from "./reconnector.ts"
import { asHoldfastError, reasonOf } from "./refusals.ts"
import { canHearTracked, startTracking } from "./start-tracking.ts"
import { Watchdog } from "./watchdog.ts"

type Listener = (message: Buffer, from: SubscriberSocket) => void

/** One socket, for as long as it lives. */
class Socket implements SubscriberSocket {
  readonly node: NodeAddress
  readonly runId: string
  isLost = false
  whyUntracked: string | undefined = "nobody has asked for it"
  readonly #onLost: (() => void)[] = []

  constructor(node: NodeAddress, runId: string) {
    this.node = node
    this.runId = runId
  }

  onLost(run: () => void): void {
    this.#onLost.push(run)
  }

  lose(): void {
    this.isLost = true
    for (const run of this.#onLost) run()
  }
}

interface ReadyState {
  readonly is: "ready"
  readonly link: RedisLink
  readonly socket: Socket
  readonly watchdog: Watchdog
}

type SubscriberState =
  /** Nobody has subscribed yet. */
  { readonly is: "idle" } | { readonly is: "connecting" } | ReadyState | { readonly is: "closed" }

interface Tracked {
  readonly prefix: string
  readonly listener: TrackingListener
}

interface Prepared {
  readonly socket: Socket
  readonly channels: readonly string[]
  /** What was asked for before the first channel was. */
  readonly tracked: Tracked | undefined
}

/** The one subscriber socket of a primary. It opens with the first subscription and then hears all channels across reconnections. */
export class SubscriberLink {
  readonly #options: NodeOptions
  readonly #channels = new Map<string, Set<Listener>>()
  readonly #reconnector: Reconnector<OpenedLink<Prepared>>
  #state: SubscriberState = { is: "idle" }
  /** Whether an attempt to connect has ended. */
  #wasTried = false
  /** Why the last attempt was none, or a channel was refused on the last link. */
  #failure: HoldfastError | undefined
  #unacknowledged = 0
  #tracked: Tracked | undefined
  /** A link has ended while it asked for tracking: some proxies close it for that, or never answer. */
  #isTrackingSuspect = false

  constructor(options: NodeOptions & { readonly random: Random }) {
    this.#options = options
    this.#reconnector = new Reconnector({
      ...options,
      open: () => openLink(options, "subscriber", (link, at) => this.#prepare(link, at)),
      opened: (opened) => this.#opened(opened),
      failed: (error) => this.#failed(error),
      discard: ({ link }) => link.destroy(),
    })
  }

  /** Whether every message that is published now will be heard. */
  get subscribed(): boolean {
    return this.socket !== undefined
  }

  /** The socket by which every message that is published now will be heard. */
  get socket(): SubscriberSocket | undefined {
    return this.#state.is === "ready" && this.#unacknowledged === 0 ? this.#state.socket : undefined
  }

  /** Whether nothing speaks against its being subscribed in a moment. */
  get isSubscribing(): boolean {
    const { is } = this.#state
    return !this.subscribed && (is === "ready" || (is === "connecting" && !this.#wasTried))
  }

  /** Why it is not subscribed, as a part of a sentence; undefined while nothing speaks against it. */
  get failure(): string | undefined {
    return this.#failure && reasonOf(this.#failure)
  }

  subscribe(channel: string, listener: Listener): () => void {
    const known = this.#channels.get(channel)
    const listeners = known ?? new Set()
    // A function of its own, so that one listener given twice hears twice and ends once.
    const heard: Listener = (message, from) => listener(message, from)
    listeners.add(heard)
    if (known === undefined) this.#add(channel, listeners)
    return () => void listeners.delete(heard)
  }

  /** See `RedisConnection.track`. */
  track(prefix: string, listener: TrackingListener): void {
    this.#tracked = { prefix, listener }
    if (this.#state.is === "ready") this.#lost(this.#state.link)
  }

  /** The run that the data socket leads to: a subscriber that listens to another one hears nothing of it. */
  follow(runId: string): void {
    if (this.#state.is === "ready" && this.#state.socket.runId !== runId) this.#lost(this.#state.link)
  }

  close(): void {
    const state = this.#state
    this.#state = { is: "closed" }
    this.#reconnector.stop()
    if (state.is === "ready") destroy(state)
  }

  #add(channel: string, listeners: Set<Listener>): void {
    this.#channels.set(channel, listeners)
    if (this.#state.is === "idle") {
      this.#state = { is: "connecting" }
      this.#reconnector.start()
    } else if (this.#state.is === "ready") this.#subscribeOn(this.#state, channel)
  }

  async #prepare(link: RedisLink, at: NodeAddress): Promise<Prepared> {
    const socket = new Socket(at, await readRunId(link))
    const tracked = this.#tracked
    if (tracked !== undefined) await this.#track(link, socket, tracked)
    const channels = [...this.#channels.keys()]
    await Promise.all(channels.map((channel) => link.subscribe(channel, this.#hear(channel, socket))))
    return { socket, channels, tracked }
  }

  /** Whatever becomes of it, the channels are to be heard: after a link that has ended meanwhile the next one does without. */
  async #track(link: RedisLink, socket: Socket, { prefix, listener }: Tracked): Promise<void> {
    if (!canHearTracked(link)) {
      socket.whyUntracked = "the client does not hand on what the server tells"
      return
    }
    if (this.#isTrackingSuspect) {
      this.#isTrackingSuspect = false
      socket.whyUntracked = "a connection ended while it was asked for"
      return
    }
    this.#isTrackingSuspect = true
    try {
      await startTracking(link, prefix, (keys) => hand(listener, keys, socket))
      socket.whyUntracked = undefined
    } catch (error) {
      if (!hasCode(error, "SERVER_REFUSED")) throw error
      socket.whyUntracked = `the server answers ${String(error.facts["reply"])}`
    }
    this.#isTrackingSuspect = false
  }

  #opened({ link, prepared, closed }: OpenedLink<Prepared>): void {
    const watchdog = new Watchdog({
      ...this.#options,
      timeoutMs: this.#options.commandTimeoutMs,
      ping: () => ask(link, ["PING"]),
      dead: () => this.#lost(link),
    })
    closed.then(
      () => this.#lost(link),
      () => {},
    )
    this.#wasTried = true
    this.#failure = undefined
    this.#unacknowledged = 0
    this.#state = { is: "ready", link, socket: prepared.socket, watchdog }
    if (prepared.tracked !== this.#tracked) return this.#lost(link)
    for (const channel of this.#channels.keys()) {
      if (!prepared.channels.includes(channel)) this.#subscribeOn(this.#state, channel)
    }
  }

  #subscribeOn({ link, socket }: Pick<ReadyState, "link" | "socket">, channel: string): void {
    this.#unacknowledged++
    link.subscribe(channel, this.#hear(channel, socket)).then(
      () => {
        if (this.#state.is === "ready" && this.#state.link === link) this.#unacknowledged--
      },
      (error: unknown) => {
        if (this.#state.is === "ready" && this.#state.link === link) this.#failed(asHoldfastError(error))
        this.#lost(link)
      },
    )
  }

  #failed(error: HoldfastError): void {
    this.#wasTried = true
    this.#failure = error
  }

  #hear(channel: string, socket: Socket): (message: Buffer) => void {
    return (message) => {
      for (const listener of this.#channels.get(channel) ?? []) hand(listener, message, socket)
    }
  }

  #lost(link: RedisLink): void {
    if (this.#state.is !== "ready" || this.#state.link !== link) return
    destroy(this.#state)
    this.#state = { is: "connecting" }
    this.#reconnector.lost()
  }
}

function destroy({ link, socket, watchdog }: ReadyState): void {
  socket.lose()
  watchdog.stop()
  link.destroy()
}

/** What a listener throws must not keep the others from hearing, nor reach the client. */
function hand<T>(listener: (what: T, from: SubscriberSocket) => void, what: T, socket: Socket): void {
  if (socket.isLost) return
  try {
    listener(what, socket)
  } catch {
    // Whoever listens answers for it.
  }
}
