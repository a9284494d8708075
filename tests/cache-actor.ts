import { setTimeout as sleep } from "node:timers/promises"
import {
  BatchPartialError,
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
import { clientCell, clusterCell } from "./cells.ts"
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
  /** A name of `clientCells`, which `clusterCells` have too. */
  readonly client?: string
  /** Default 60s. */
  readonly ttl?: `${number}s`
  /** Addresses of a cluster, which is used in place of the server at `url`. */
  readonly cluster?: readonly string[]
  /** Whether rows carry tags: what follows the first "." in their key, "." between them. Default false. */
  readonly isTagged?: boolean
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

/** What `getMany` has answered, key by key. A failure is the code of its error, or the message if it has none. */
export interface ReadMany {
  readonly versions: Readonly<Record<string, number | undefined>>
  readonly failures: Readonly<Record<string, string>>
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
  readonly #batches: (readonly string[])[] = []
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
      ...(setup.isTagged === true && { tags: (row: Row | undefined) => row?.key.split(".").slice(1) }),
      load: (key: string) => this.#load(key),
      loadMany: (keys: readonly string[]) => this.#loadMany(keys),
    })
    if (setup.subscribes === true) {
      holdfast.event<string>("row.changed").subscribe({ group: "actor", handler: () => {} })
    }
  }

  static async start(setup: ActorSetup): Promise<Actor> {
    const { client = "redis 6", cluster, url } = setup
    const redis = cluster === undefined ? clientCell(client).create(url) : clusterCell(client).create(cluster)
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

  async getMany(keys: readonly string[]): Promise<ReadMany> {
    try {
      const rows = await this.#cache.getMany(keys)
      return { versions: Object.fromEntries(keys.map((key, at) => [key, rows[at]?.version])), failures: {} }
    } catch (error) {
      if (!(error instanceof BatchPartialError)) throw error
      const { values, errors } = error as BatchPartialError<string, Row>
      return {
        versions: Object.fromEntries([...values].map(([key, row]) => [key, row?.version])),
        failures: Object.fromEntries([...errors].map(([key, each]) => [key, codeOf(each)])),
      }
    }
  }

  /** What `loadMany` was asked for by this actor, call by call. */
  batches(): readonly (readonly string[])[] {
    return this.#batches
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

  invalidateTags(tags: readonly string[]): Promise<Delivery> {
    return this.holdfast.invalidateTags(tags)
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

  async #loadMany(keys: readonly string[]): Promise<Map<string, Row | undefined>> {
    this.#batches.push(keys)
    const rows = await Promise.all(keys.map((key) => this.#load(key)))
    return new Map(keys.map((key, at) => [key, rows[at]]))
  }
}

function codeOf(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message?: string }
  return code ?? message ?? String(error)
}
