import type { Clock } from "../../../contracts/clock.ts"
import type { Invalidation, Loss, Losses } from "../../../contracts/losses.ts"
import type { HoldfastEvent } from "../../../contracts/observer.ts"
import type { Random } from "../../../contracts/random.ts"
import type { BeforeUse, Generation, RedisConnection, SendOptions } from "../../../contracts/redis-connection.ts"
import { AskedPlaces } from "./asked-places.ts"
import { Marks } from "./marks.ts"
import { askMark, type MarkAnswer } from "./mark-answer.ts"
import { nodeOf, placeOf, type ServerLog } from "./server-log.ts"
import { ServerLogs } from "./server-logs.ts"

/** For how long an acknowledged invalidation is remembered, in milliseconds: a replica that is further behind is not promoted as a rule. */
const reachMs = 600_000

/** What a log of acknowledged invalidations works with. */
export interface ReplayLogOptions {
  readonly namespace: string
  readonly clock: Clock
  /** Names this process. */
  readonly random: Random
  /** Keys and tags remembered per server at most. */
  readonly most: number
  /** Whether whatever is stored counts as lost wherever anything may be. */
  readonly isAllLost: boolean
  /** Hears of numbers that a server refuses. */
  readonly report: ((event: HoldfastEvent) => void) | undefined
}

/**
 * What this process has invalidated, as far as a server that takes another's place need not know of it. With the first socket to such a
 * server, before anything else is sent on it, the number is read back that was left on its predecessor (PROTOCOL section 3): what was
 * acknowledged after it may be lost.
 */
export class ReplayLog implements Losses {
  readonly beforeUse: BeforeUse = (generation, ask) => this.#beforeUse(generation, ask)
  readonly #options: ReplayLogOptions
  readonly #logs: ServerLogs
  readonly #marks: Marks
  readonly #places = new AskedPlaces(reachMs)
  #connection: RedisConnection | undefined
  #listener: (loss: Loss) => void = () => {}
  #number = 0

  constructor(options: ReplayLogOptions) {
    this.#options = options
    const { namespace, clock, random, most, report } = options
    this.#logs = new ServerLogs({ most, reachMs })
    this.#marks = new Marks({
      namespace,
      clock,
      process: random.token(),
      logs: () => this.#tidied(),
      connection: () => this.#connected,
      number: () => this.#number,
      report,
    })
  }

  /** Call it before anything is acknowledged. */
  attach(connection: RedisConnection): void {
    this.#connection = connection
  }

  /** Servers and places of servers that it remembers anything of. */
  get size(): number {
    return this.#logs.all.length + this.#places.size
  }

  onLoss(listener: (loss: Loss) => void): void {
    this.#listener = listener
  }

  /**
   * Does what invalidates in a slot, and remembers it when it is acknowledged; "older": it was not done. Whoever was sent any of it may
   * have executed it: while the slot is on the move, not only its owner, who gets what others have executed.
   *
   * @param run tells whom it sends what, by what it is given
   */
  async acknowledged<T>(
    slot: number,
    invalidation: Invalidation,
    run: (sending: SendOptions) => Promise<T>,
  ): Promise<T> {
    const sent = new Map<string, Generation>()
    // Whoever takes its place meanwhile is to be known as its successor, although nothing is acknowledged yet.
    const onSend = (generation: Generation): void => {
      this.#logs.of(generation)
      sent.set(placeOf(generation), generation)
    }
    const answer = await run({ onSend })
    if (answer === "older") return answer
    const owner = this.#connected.generation(slot)
    if (owner !== undefined) sent.set(placeOf(owner), owner)
    this.#remember(invalidation, [...sent.values()])
    return answer
  }

  close(): void {
    this.#marks.close()
  }

  get #connected(): RedisConnection {
    if (this.#connection === undefined) throw new TypeError("The log has no connection.")
    return this.#connection
  }

  #remember(invalidation: Invalidation, servers: readonly Generation[]): void {
    this.#number += 1
    const isLost = (each: Generation): boolean => this.#places.isSucceeded(placeOf(each))
    if (servers.length === 0 || servers.some(isLost)) {
      const node = servers.find(isLost)?.node ?? { host: "unknown", port: 0 }
      return this.#listener({ node, invalidations: [invalidation], isOpen: false, isAllLost: false })
    }
    const nowMs = this.#options.clock.monotonic()
    for (const each of servers) this.#logs.of(each).acknowledged.add(invalidation, this.#number, nowMs)
    this.#marks.changed()
  }

  /** The logs, without what nobody needs any more. */
  #tidied(): readonly ServerLog[] {
    const connection = this.#connected
    const nowMs = this.#options.clock.monotonic()
    const nodes = connection.nodes()
    const places = nodes.flatMap(({ slot }) => connection.generation(slot) ?? []).map((each) => placeOf(each))
    const names = new Set(nodes.map((each) => nodeOf(each)))
    this.#places.tidy(nowMs, names, new Set(places))
    this.#logs.tidy(nowMs, names)
    return this.#logs.all
  }

  async #beforeUse(generation: Generation, ask: Parameters<BeforeUse>[1]): Promise<void> {
    const [node, place] = [nodeOf(generation), placeOf(generation)]
    if (!this.#places.isAsked(node, place)) {
      this.#tidied()
      const logs = this.#logs.concernedBy(generation, place, this.#connected.sharesSlots)
      const answers = await Promise.all(logs.map((log) => askMark(log.mark, ask)))
      for (const [at, log] of logs.entries()) this.#judge(log, generation, answers[at] as MarkAnswer)
      this.#places.asked(node, place)
    }
    if (!this.#options.isAllLost) return
    this.#logs.of(generation)
    this.#marks.changed()
  }

  /** Takes out of a log what a server may not know of, if it has the data of the log's. */
  #judge(log: ServerLog, generation: Generation, answer: MarkAnswer): void {
    // Where one server has all slots, the next one has its place, whatever history it names.
    const succeeds = this.#connected.sharesSlots || log.isSucceededBy(generation)
    if (answer === "elsewhere" && !succeeds) return
    const survived = answer === "elsewhere" ? 0 : answer
    const { invalidations, isOpen } = log.acknowledged.takeAfter(survived)
    log.has(generation)
    if (succeeds) {
      this.#places.succeeded(log.place)
      log.moveTo(generation)
      this.#marks.changed()
    }
    const { isAllLost } = this.#options
    if (invalidations.length > 0 || isOpen || isAllLost)
      this.#listener({ node: generation.node, invalidations, isOpen, isAllLost })
  }
}
