import type { Random } from "../contracts/random.ts"
import type { RedisLink } from "../contracts/redis-client.ts"
import { ask } from "./ask.ts"
import { readRunId } from "./generation.ts"
import { openLink, type NodeOptions, type OpenedLink } from "./open-link.ts"
import { Reconnector } from "./reconnector.ts"
import { Watchdog } from "./watchdog.ts"

type Listener = (message: Buffer) => void

type SubscriberState =
  /** Nobody has subscribed yet. */
  | { readonly is: "idle" }
  | { readonly is: "connecting" }
  | { readonly is: "ready"; readonly link: RedisLink; readonly runId: string; readonly watchdog: Watchdog }
  | { readonly is: "closed" }

interface Prepared {
  readonly runId: string
  readonly channels: readonly string[]
}

/** The one subscriber socket of a primary. It opens with the first subscription and then hears all channels across reconnections. */
export class SubscriberLink {
  readonly #options: NodeOptions
  readonly #channels = new Map<string, Set<Listener>>()
  readonly #reconnector: Reconnector<OpenedLink<Prepared>>
  #state: SubscriberState = { is: "idle" }
  #unacknowledged = 0

  constructor(options: NodeOptions & { readonly random: Random }) {
    this.#options = options
    this.#reconnector = new Reconnector({
      ...options,
      open: () => openLink(options, "subscriber", (link) => this.#prepare(link)),
      opened: (opened) => this.#opened(opened),
      failed: () => {},
      discard: ({ link }) => link.destroy(),
    })
  }

  /** Whether every message that is published now will be heard. */
  get subscribed(): boolean {
    return this.#state.is === "ready" && this.#unacknowledged === 0
  }

  subscribe(channel: string, listener: Listener): () => void {
    const known = this.#channels.get(channel)
    const listeners = known ?? new Set()
    // A function of its own, so that one listener given twice hears twice and ends once.
    const heard: Listener = (message) => listener(message)
    listeners.add(heard)
    if (known === undefined) this.#add(channel, listeners)
    return () => void listeners.delete(heard)
  }

  /** The run that the data socket leads to: a subscriber that listens to another one hears nothing of it. */
  follow(runId: string): void {
    if (this.#state.is === "ready" && this.#state.runId !== runId) this.#lost(this.#state.link)
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
    } else if (this.#state.is === "ready") this.#subscribeOn(this.#state.link, channel)
  }

  async #prepare(link: RedisLink): Promise<Prepared> {
    const runId = await readRunId(link)
    const channels = [...this.#channels.keys()]
    await Promise.all(channels.map((channel) => link.subscribe(channel, this.#hear(channel))))
    return { runId, channels }
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
    this.#unacknowledged = 0
    this.#state = { is: "ready", link, runId: prepared.runId, watchdog }
    for (const channel of this.#channels.keys()) {
      if (!prepared.channels.includes(channel)) this.#subscribeOn(link, channel)
    }
  }

  #subscribeOn(link: RedisLink, channel: string): void {
    this.#unacknowledged++
    link.subscribe(channel, this.#hear(channel)).then(
      () => {
        if (this.#state.is === "ready" && this.#state.link === link) this.#unacknowledged--
      },
      () => this.#lost(link),
    )
  }

  /** What a listener throws must not keep the others from hearing, nor reach the client. */
  #hear(channel: string): Listener {
    return (message) => {
      for (const listener of this.#channels.get(channel) ?? []) {
        try {
          listener(message)
        } catch {
          // Whoever subscribed answers for it.
        }
      }
    }
  }

  #lost(link: RedisLink): void {
    if (this.#state.is !== "ready" || this.#state.link !== link) return
    destroy(this.#state)
    this.#state = { is: "connecting" }
    this.#reconnector.lost()
  }
}

function destroy(state: { readonly link: RedisLink; readonly watchdog: Watchdog }): void {
  state.watchdog.stop()
  state.link.destroy()
}
