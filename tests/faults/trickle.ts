import { setTimeout as sleep } from "node:timers/promises"
import { createHoldfast, type Holdfast, type HoldfastEvent, type ReadThroughCache } from "holdfast"
import type { Row } from "../cache-actor.ts"
import type { ClientCell } from "../cells.ts"
import { FreshnessOracle } from "../oracle.ts"
import { memorySource, type Source } from "../source.ts"

const keys = Array.from({ length: 20 }, (_none, at) => `k${at}`)
/** Every so many turns a key is changed: by a write, and the next time in the source with an invalidation after it. */
const changeEvery = 10
/** First part of every key of the service. */
export const namespace = "trickle"
/** How long the source takes. */
export const loadMs = 5

/** One process of the service: a Holdfast with connections of its own, and what it has been told of writes. */
export interface Member {
  readonly holdfast: Holdfast
  readonly cache: ReadThroughCache<string, Row>
  readonly oracle: FreshnessOracle
  /** What it reported, oldest first. */
  readonly events: HoldfastEvent[]
}

/** How a service is run; everything has a default. */
export interface TrickleOptions {
  /** Time between two reads of each process. Default 5. */
  readonly everyMs?: number
  /** Default: Holdfast's own, 250. */
  readonly commandTimeoutMs?: number
  /** First part of every key. Default {@link namespace}. */
  readonly within?: string
}

interface Change {
  readonly version: number
  readonly delivered: boolean
}

/** What users saw since the last report. */
export interface TrickleReport {
  readonly reads: number
  /** Writes, and invalidations after a change in the source. */
  readonly writes: number
  /** Those that the store could not be told of at once. */
  readonly undelivered: number
  /** How long each read took in milliseconds, sorted. */
  readonly readMs: readonly number[]
  /** The longest time in which this process did not come to its turn, in milliseconds: what a busy machine adds to everything. */
  readonly stallMs: number
  readonly stale: readonly string[]
  readonly errors: readonly unknown[]
}

/**
 * A service under a trickle of requests: a process that reads and writes, and one that reads.
 *
 * A read is stale if its version is below the highest acknowledged before it began: in the process that wrote, any write
 * that resolved; in the other one, any that was delivered.
 */
export class Trickle {
  readonly source: Source = memorySource()
  readonly #everyMs: number
  readonly #namespace: string
  readonly #writer: Member
  readonly #reader: Member
  readonly #underWay = new Set<Promise<void>>()
  #report = emptyReport()
  #stopped = false
  #ticks = 0
  #running: Promise<void> | undefined

  constructor(
    cell: ClientCell,
    url: string,
    { everyMs = 5, commandTimeoutMs = 250, within = namespace }: TrickleOptions = {},
  ) {
    this.#everyMs = everyMs
    this.#namespace = within
    this.#writer = this.#member(cell, url, commandTimeoutMs)
    this.#reader = this.#member(cell, url, commandTimeoutMs)
  }

  get members(): readonly [writer: Member, reader: Member] {
    return [this.#writer, this.#reader]
  }

  /** Once it has started, does nothing. */
  start(): void {
    this.#running ??= this.#run()
  }

  forgetEvents(): void {
    for (const { events } of this.members) events.length = 0
  }

  /** Waits for what is under way and stops. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
    await Promise.all(this.#underWay)
  }

  /** Waits until so many reads more have been answered, and reports on all since the last report. */
  async report(reads: number): Promise<TrickleReport> {
    const enough = this.#report.readMs.length + reads
    while (this.#report.readMs.length < enough) await sleep(this.#everyMs)
    const { readMs, ...rest } = this.#report
    this.#report = emptyReport()
    const stale = this.members.flatMap(({ oracle }) => oracle.stale)
    return { ...rest, reads: readMs.length, readMs: readMs.sort((a, b) => a - b), stale }
  }

  /** When all invalidations have been delivered and nothing is under way, what every process reads of every key, against the source. */
  async disagreements(): Promise<string[]> {
    const found: string[] = []
    for (const key of keys) {
      const truth = await this.source.read(key)
      const rows = await Promise.all(this.members.map(({ cache }) => cache.get(key)))
      const answers = rows.map((row) => row?.version)
      if (answers.some((answer) => answer !== truth)) found.push(`${key}: source ${truth}, read ${answers.join(", ")}`)
    }
    return found
  }

  async close(): Promise<void> {
    await this.stop()
    await Promise.all(this.members.map(({ holdfast }) => holdfast.close()))
  }

  #member(cell: ClientCell, url: string, commandTimeoutMs: number): Member {
    const events: HoldfastEvent[] = []
    const onEvent = (event: HoldfastEvent): void => void events.push(event)
    const holdfast = createHoldfast({
      redis: cell.create(url),
      namespace: this.#namespace,
      commandTimeout: `${commandTimeoutMs}ms`,
      onEvent,
    })
    const load = async (key: string): Promise<Row> => {
      const version = await this.source.read(key)
      await sleep(loadMs)
      return { key, version }
    }
    return {
      holdfast,
      cache: holdfast.cache({ name: "row", ttl: "60s", local: false, load }),
      oracle: new FreshnessOracle(),
      events,
    }
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#ticks += 1
      for (const member of this.members) this.#track(this.#read(member, this.#someKey()))
      if (this.#ticks % changeEvery === 0) this.#track(this.#change(this.#someKey()))
      const sleptFromMs = performance.now()
      await sleep(this.#everyMs)
      const stallMs = performance.now() - sleptFromMs - this.#everyMs
      this.#report.stallMs = Math.max(this.#report.stallMs, stallMs)
    }
  }

  async #read({ cache, oracle }: Member, key: string): Promise<void> {
    const floor = oracle.floor(key)
    const startedMs = performance.now()
    const row = await cache.get(key)
    this.#report.readMs.push(performance.now() - startedMs)
    if (row?.key !== key) throw new Error(`A read of ${key} was answered with ${row?.key}.`)
    oracle.judge(key, floor, row.version)
  }

  async #change(key: string): Promise<void> {
    const { version, delivered } = await (this.#ticks % (2 * changeEvery) === 0
      ? this.#write(key)
      : this.#invalidate(key))
    this.#report.writes += 1
    if (!delivered) this.#report.undelivered += 1
    for (const { oracle } of delivered ? this.members : [this.#writer]) oracle.acknowledge(key, version)
  }

  async #write(key: string): Promise<Change> {
    const writer = async (): Promise<Row> => ({ key, version: await this.source.commit(key) })
    const { value, delivered } = await this.#writer.cache.write(key, writer)
    return { version: value?.version ?? 0, delivered }
  }

  async #invalidate(key: string): Promise<Change> {
    const version = await this.source.commit(key)
    const { delivered } = await this.#writer.cache.invalidate(key)
    return { version, delivered }
  }

  #track(work: Promise<void>): void {
    const tracked = work.catch((error: unknown) => void this.#report.errors.push(error))
    this.#underWay.add(tracked)
    void tracked.then(() => this.#underWay.delete(tracked))
  }

  /** Every key in turn, hot ones more often. */
  #someKey(): string {
    const draw = Math.floor(keys.length * Math.random() ** 2)
    return keys[draw] ?? "k0"
  }
}

function emptyReport() {
  return { readMs: [] as number[], stallMs: 0, writes: 0, undelivered: 0, errors: [] as unknown[] }
}
