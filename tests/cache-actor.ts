import { setTimeout as sleep } from "node:timers/promises"
import {
  createHoldfast,
  type CacheStatsSnapshot,
  type CallOptions,
  type Delivery,
  type Duration,
  type Holdfast,
  type HoldfastEvent,
  type LocalOptions,
  type ReadThroughCache,
  type Unit,
} from "holdfast"
import { clientCell } from "./cells.ts"
import { Gates } from "./gates.ts"
import { redisSource, type Source } from "./source.ts"

/** What the tests' cache holds: the version that the source had when it was read. */
export interface Row {
  readonly key: string
  readonly version: number
}

/** How an actor is made; plain data, so that it reaches a worker on its command line. */
export interface ActorSetup {
  readonly url: string
  readonly namespace: string
  /** A name of `clientCells`. */
  readonly client?: string
  /** Default 60s. */
  readonly ttl?: `${number}s`
  readonly grace?: `${number}s`
  readonly loadTimeout?: `${number}s`
  /** How long the source takes to answer a load. Default: no longer than it needs. */
  readonly loadMs?: number
  /** Whether `start` waits until the store answers. Default true. */
  readonly awaitStore?: boolean
  /** The near cache. Default: none, so that what is promised without a bound can be expected without one. */
  readonly local?: LocalOptions | false
  /** The term of a strict cache. Default: the cache is leased. */
  readonly windowTerm?: `${number}ms`
  /** Default: where the cache is. */
  readonly sourceUrl?: string
  /** Whether it hears of a domain event. Default false. */
  readonly subscribes?: boolean
}

/** How `changeOn` changes: by `write`, or in a unit of `afterCommit`. */
export type ChangeWay = "write" | "unit"

/** What became of a write. */
export interface ActedWrite {
  readonly version: number
  readonly stored: boolean
  readonly delivered: boolean
}

/**
 * One process as the protocol sees it: a Holdfast with connections of its own, and a loader and a writer that stop at gates.
 *
 * Points: `load` before the loader reads the source, `loaded` after; `opened` before the writer commits, `committed` after.
 */
export class Actor {
  readonly holdfast: Holdfast
  readonly #cache: ReadThroughCache<string, Row>
  readonly #source: Source
  readonly #gates = new Gates()
  readonly #lost = { events: 0, aborted: 0 }
  readonly #loadMs: number
  #failure: string | undefined

  private constructor(redis: unknown, source: Source, setup: ActorSetup) {
    const { namespace } = setup
    const onEvent = ({ name }: HoldfastEvent): void => void (name === "window-lost" && (this.#lost.events += 1))
    const holdfast = createHoldfast({ redis, namespace, onEvent })
    this.holdfast = holdfast
    this.#source = source
    const { ttl = "60s", grace = "0s", loadTimeout = "30s", loadMs = 0, local = false, windowTerm } = setup
    this.#loadMs = loadMs
    this.#cache = holdfast.cache({
      name: "row",
      ttl,
      grace,
      loadTimeout,
      local,
      ...(windowTerm !== undefined && { consistency: "strict", windowTerm }),
      load: (key: string) => this.#load(key),
    })
    if (setup.subscribes === true) {
      holdfast.event<string>("row.changed").subscribe({ group: "actor", handler: () => {} })
    }
  }

  static async start(setup: ActorSetup): Promise<Actor> {
    const redis = clientCell(setup.client ?? "redis 6").create(setup.url)
    const source = await redisSource(setup.sourceUrl ?? setup.url)
    const actor = new Actor(redis, source, setup)
    if (setup.awaitStore !== false) await actor.ready()
    return actor
  }

  /** Resolves when the store answers: before that, reads go to the source. */
  async ready(): Promise<void> {
    while ((await this.holdfast.health()).status === "down") await sleep(5)
  }

  /** The version that a read answers; undefined for "not in the source". */
  async get(key: string, options?: CallOptions): Promise<number | undefined> {
    return (await this.#cache.get(key, options))?.version
  }

  async peek(key: string): Promise<number | undefined> {
    return (await this.#cache.peek(key))?.version
  }

  /** @param needs how much of its window must be left before it commits; default: it commits whatever is left */
  async write(key: string, needs?: Duration): Promise<ActedWrite> {
    const { value, stored, delivered } = await this.#cache.write(key, async ({ signal, deadline }) => {
      signal.addEventListener("abort", () => (this.#lost.aborted += 1))
      await this.#gates.pass("opened")
      if (needs !== undefined) deadline.require(needs)
      const version = await this.#source.commit(key)
      await this.#gates.pass("committed")
      return { key, version }
    })
    return { version: value?.version ?? 0, stored, delivered }
  }

  /** Changes the source in the work of `afterCommit`, which names the key. */
  async changeInUnit(key: string): Promise<Pick<ActedWrite, "version" | "delivered">> {
    let delivered = false
    const work = async (unit: Unit): Promise<number> => {
      unit.invalidate(this.#cache, key)
      await unit.opened()
      return this.#source.commit(key)
    }
    const version = await this.holdfast.afterCommit(work, { onDelivery: (told) => void ({ delivered } = told) })
    return { version, delivered }
  }

  /** One change after the other, until this process ends; notes what the store was told of. */
  async changeOn(key: string, way: ChangeWay): Promise<never> {
    for (;;) {
      const { version, delivered } = await (way === "unit" ? this.changeInUnit(key) : this.write(key))
      if (delivered) await this.#source.acknowledge(key, version)
    }
  }

  /** How often writers were told that their window was lost: by the event, and by their signal. */
  lostWindows(): { readonly events: number; readonly aborted: number } {
    return { ...this.#lost }
  }

  invalidate(key: string): Promise<Delivery> {
    return this.#cache.invalidate(key)
  }

  /** Changes the source and nothing else. */
  commit(key: string): Promise<number> {
    return this.#source.commit(key)
  }

  /** The last version of those that `changeOn` has noted. */
  acknowledged(key: string): Promise<number> {
    return this.#source.acknowledged(key)
  }

  /** The version that the source has now. */
  committed(key: string): Promise<number> {
    return this.#source.read(key)
  }

  /** Loads so far of all actors with this source. */
  loads(key: string): Promise<number> {
    return this.#source.loads(key)
  }

  /** Reads one key for many callers at once. Answers what they got, each once, and how long each waited. */
  async herd(key: string, callers: number): Promise<{ versions: (number | undefined)[]; waitsMs: number[] }> {
    const waitsMs: number[] = []
    const startedMs = performance.now()
    const versions = await Promise.all(
      Array.from({ length: callers }, async () => {
        const version = await this.get(key)
        waitsMs.push(performance.now() - startedMs)
        return version
      }),
    )
    return { versions: [...new Set(versions)], waitsMs }
  }

  stats(): CacheStatsSnapshot {
    return this.#cache.stats()
  }

  hold(...points: string[]): void {
    for (const point of points) this.#gates.hold(point)
  }

  open(...points: string[]): void {
    for (const point of points) this.#gates.open(point)
  }

  reached(point: string): Promise<void> {
    return this.#gates.reached(point)
  }

  /** From now on loads throw an error with this message; undefined: they succeed again. */
  failLoads(message: string | undefined): void {
    this.#failure = message
  }

  async close(): Promise<void> {
    await this.holdfast.close()
    await this.#source.close()
  }

  async #load(key: string): Promise<Row | undefined> {
    await this.#source.countLoad(key)
    if (this.#loadMs > 0) await sleep(this.#loadMs)
    await this.#gates.pass("load")
    if (this.#failure !== undefined) throw new Error(this.#failure)
    const version = await this.#source.read(key)
    await this.#gates.pass("loaded")
    return version === 0 ? undefined : { key, version }
  }
}

/** What a worker process serves: an actor, method by method. */
export type ActorHandlers = ReturnType<typeof handlersOf>

export function handlersOf(actor: Actor) {
  return {
    get: (key: string) => actor.get(key),
    peek: (key: string) => actor.peek(key),
    write: (key: string, needs?: Duration) => actor.write(key, needs),
    changeOn: (key: string, way: ChangeWay) => actor.changeOn(key, way),
    lostWindows: () => actor.lostWindows(),
    invalidate: (key: string) => actor.invalidate(key),
    commit: (key: string) => actor.commit(key),
    loads: (key: string) => actor.loads(key),
    herd: (key: string, callers: number) => actor.herd(key, callers),
    stats: () => actor.stats(),
    hold: (...points: string[]) => actor.hold(...points),
    open: (...points: string[]) => actor.open(...points),
    reached: (point: string) => actor.reached(point),
    failLoads: (message: string | undefined) => actor.failLoads(message),
    close: () => actor.close(),
    /** Closes everything, leaves nothing that should keep the process alive, and answers when that was. */
    leave: async (): Promise<number> => {
      await actor.close()
      process.removeAllListeners("disconnect")
      setImmediate(() => process.disconnect())
      return Date.now()
    },
  }
}
