import type { Clock, Timer } from "../contracts/clock.ts"
import type { TrackingState } from "../contracts/coherence.ts"
import type { Observer } from "../contracts/observer.ts"
import type { Random } from "../contracts/random.ts"
import type { RedisConnection, SubscriberSocket } from "../contracts/redis-connection.ts"
import { hasCode } from "../errors/holdfast-error.ts"
import type { ServerPlaces } from "./server-places.ts"

/** How long the news of a test may take, in milliseconds; its key lives no longer. */
const arrivesWithinMs = 2000
/** How often a server that delivers is tested again, in milliseconds: it may fall silent, and nothing else would show it. */
const againMs = 30_000
/** The same for one that did not deliver. */
const soonAgainMs = 5000

/** What tracking works with, and whom it tells. */
export interface TrackingOptions {
  readonly connection: RedisConnection
  readonly places: ServerPlaces
  readonly namespace: string
  readonly clock: Clock
  readonly random: Random
  readonly report?: Observer | undefined
  /** Somebody has written to this key, or it has gone. */
  touched(key: string): void
  /** The server that this socket hears was flushed. */
  flushed(from: SubscriberSocket): void
}

/** What the tests of one subscriber socket have shown. */
interface Tested {
  readonly socket: SubscriberSocket
  /** Undefined: the latest test has shown that its server delivers. */
  why: string | undefined
  sentMs: number
  /** The key whose news is waited for. */
  key: string | undefined
  timer: Timer
}

/**
 * Hears of every key of the namespace that is written to or goes, whoever did it, from servers that tell it (CLIENT TRACKING), and
 * finds out by tests which of them do. It is one more reason to drop a copy, and never one to keep it.
 */
export class Tracking {
  readonly #options: TrackingOptions
  readonly #tested = new Map<SubscriberSocket, Tested>()
  /** The latest news of each server, so that it is told once. */
  readonly #reported = new Map<string, string>()
  #started = false

  constructor(options: TrackingOptions) {
    this.#options = options
  }

  /** From now on there are copies that it is for. Idempotent. */
  start(): void {
    if (this.#started) return
    this.#started = true
    const { connection, namespace } = this.#options
    connection.track(`${namespace}:{`, (keys, from) => this.#heard(keys, from))
  }

  /** Tests what this socket hears, if it is time to. */
  visit(socket: SubscriberSocket): void {
    const tested = this.#testedOf(socket)
    if (socket.whyUntracked !== undefined) return this.#settle(tested, socket.whyUntracked)
    const sinceMs = this.#options.clock.monotonic() - tested.sentMs
    if (sinceMs >= (tested.why === undefined ? againMs : soonAgainMs)) this.#test(tested)
  }

  /** Of all servers: no better than of the worst of them. */
  state(): TrackingState {
    if (!this.#started) return { state: "off", why: "no cache has a near cache" }
    const { connection } = this.#options
    const whys = connection.nodes().flatMap(({ node, slot }) => {
      const socket = connection.subscriber(slot)
      const tested = socket && this.#tested.get(socket)
      const why = socket === undefined ? "there is no subscriber connection" : "it was not tested yet"
      return tested !== undefined && tested.why === undefined
        ? []
        : [`${node.host}:${node.port}: ${tested?.why ?? why}`]
    })
    return whys.length === 0 ? { state: "on", why: undefined } : { state: "unavailable", why: whys[0] }
  }

  close(): void {
    for (const tested of this.#tested.values()) this.#end(tested)
    this.#tested.clear()
  }

  #heard(keys: readonly Buffer[] | undefined, from: SubscriberSocket): void {
    if (keys === undefined) return this.#options.flushed(from)
    const tested = this.#tested.get(from)
    for (const bytes of keys) {
      const key = bytes.toString("utf8")
      if (key === tested?.key) this.#settle(tested, undefined)
      else this.#options.touched(key)
    }
  }

  /** Writes a key on the data connection, as others do. */
  #test(tested: Tested): void {
    const { connection, places, namespace, clock, random } = this.#options
    const { socket } = tested
    const place = places.of(socket)
    const generation = place && connection.generation(place.at)
    if (place === undefined || generation?.runId !== socket.runId) return
    const key = `${namespace}:{${place.tag}}:probe:${random.token()}`
    tested.key = key
    tested.sentMs = clock.monotonic()
    tested.timer = clock.setTimeout(() => this.#fail(tested, key, "a test was not told of"), arrivesWithinMs)
    connection.command(place.at, ["SET", key, "", "PX", String(arrivesWithinMs)], { generation }).then(
      () => {},
      (error: unknown) => this.#fail(tested, key, `a test was not carried out: ${wordOf(error)}`),
    )
  }

  #fail(tested: Tested, key: string, why: string): void {
    if (tested.key === key) this.#settle(tested, why)
  }

  #settle(tested: Tested, why: string | undefined): void {
    this.#end(tested)
    tested.why = why
    const { node } = tested.socket
    const name = `${node.host}:${node.port}`
    const news = why ?? "on"
    if (this.#reported.get(name) === news) return
    this.#reported.set(name, news)
    this.#options.report?.({ name: "tracking", node, state: why === undefined ? "on" : "unavailable", why })
  }

  #end(tested: Tested): void {
    tested.key = undefined
    this.#options.clock.clearTimeout(tested.timer)
  }

  #testedOf(socket: SubscriberSocket): Tested {
    const known = this.#tested.get(socket)
    if (known !== undefined) return known
    for (const [other, tested] of this.#tested) {
      if (!other.isLost) continue
      this.#end(tested)
      this.#tested.delete(other)
    }
    const tested = { socket, why: "it was not tested yet", sentMs: -Infinity, key: undefined, timer: undefined }
    this.#tested.set(socket, tested)
    return tested
  }
}

function wordOf(error: unknown): string {
  return hasCode(error, "SERVER_REFUSED") ? String(error.facts["reply"]) : "there was no answer"
}
