import { setTimeout as sleep } from "node:timers/promises"
import { createHoldfast, type Holdfast, type HoldfastEvent, type ReadThroughCache } from "holdfast"
import type { Row } from "../cache-actor.ts"
import type { ClientCell } from "../cells.ts"
import { FreshnessOracle } from "../oracle.ts"
import { memorySource, type Source } from "../source.ts"

const keys = Array.from({ length: 20 }, (_none, at) => `k${at}`)
const strictKeys = Array.from({ length: 4 }, (_none, at) => `s${at}`)
/** Every so many turns a key is changed, in each of the ways in turn. */
const changeEvery = 10
/** First part of every key of the service. */
export const namespace = "trickle"
/** How long the source takes. */
export const loadMs = 5

/** One process of the service: a Holdfast with connections of its own, and what it has been told of writes. */
export interface Member {
  readonly holdfast: Holdfast
  readonly cache: ReadThroughCache<string, Row>
  readonly strict: ReadThroughCache<string, Row>
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
  /** Also change by tags, and read and write a strict cache. Default: writes and invalidations of a leased cache only. */
  readonly everyKind?: boolean
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
  /** Writes of the strict cache that were refused before anything was changed. */
  readonly refused: number
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
  /** Of the strict caches: a change counts from its commit, whoever made it. */
  readonly strictOracle: FreshnessOracle = new FreshnessOracle()
  readonly #everyKind: boolean
  readonly #underWay = new Set<Promise<void>>()
  #report = emptyReport()
  #stopped = false
  #isQuiet = false
  #ticks = 0
  #running: Promise<void> | undefined

  constructor(
    cell: ClientCell,
    url: string,
    { everyMs = 5, commandTimeoutMs = 250, within = namespace, everyKind = false }: TrickleOptions = {},
  ) {
    this.#everyKind = everyKind
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

  /** Changes nothing any more, and waits for what is under way; reads go on. */
  async quieten(): Promise<void> {
    this.#isQuiet = true
    await Promise.all(this.#underWay)
  }

  disturb(): void {
    this.#isQuiet = false
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
    const stale = [...this.members.map(({ oracle }) => oracle), this.strictOracle].flatMap((each) => each.stale)
    return { ...rest, reads: readMs.length, readMs: readMs.sort((a, b) => a - b), stale }
  }

  /** When all invalidations have been delivered and nothing is under way, what every process reads of every key, against the source. */
  async disagreements(): Promise<string[]> {
    const found: string[] = []
    for (const key of [...keys, ...(this.#everyKind ? strictKeys : [])]) {
      const truth = await this.source.read(key)
      const caches = this.members.map(({ cache, strict }) => (strictKeys.includes(key) ? strict : cache))
      const rows = await Promise.all(caches.map((cache) => cache.get(key)))
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
      cache: holdfast.cache({
        name: "row",
        ttl: "60s",
        local: false,
        load,
        ...(this.#everyKind && { tags: (_row: Row | undefined, key: string) => [tagOf(key)] }),
      }),
      strict: holdfast.cache({ name: "firm", ttl: "60s", local: false, load, consistency: "strict", windowTerm: "1s" }),
      oracle: new FreshnessOracle(),
      events,
    }
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#ticks += 1
      for (const member of this.members) this.#track(this.#read(member, this.#someKey()))
      if (this.#everyKind)
        for (const member of this.members) this.#track(this.#readStrict(member, this.#someStrictKey()))
      if (!this.#isQuiet && this.#ticks % changeEvery === 0) this.#track(this.#change(this.#someKey()))
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

  async #readStrict({ strict }: Member, key: string): Promise<void> {
    const floor = this.strictOracle.floor(key)
    const row = await strict.get(key)
    this.strictOracle.judge(key, floor, row?.version)
  }

  async #change(key: string): Promise<void> {
    const ways = this.#everyKind ? 4 : 2
    const way = (this.#ticks / changeEvery) % ways
    if (way === 3) return this.#writeStrict(this.#someStrictKey())
    const change = way === 0 ? this.#write(key) : way === 1 ? this.#invalidate(key) : this.#invalidateTag(key)
    const { delivered } = await this.#acknowledged(key, change)
    this.#report.writes += 1
    if (!delivered) this.#report.undelivered += 1
  }

  async #acknowledged(key: string, change: Promise<Change>): Promise<Change> {
    const { version, delivered } = await change
    for (const { oracle } of delivered ? this.members : [this.#writer]) oracle.acknowledge(key, version)
    return { version, delivered }
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

  async #invalidateTag(key: string): Promise<Change> {
    const version = await this.source.commit(key)
    const { delivered } = await this.#writer.holdfast.invalidateTags([tagOf(key)])
    return { version, delivered }
  }

  async #writeStrict(key: string): Promise<void> {
    const writer = async (): Promise<Row> => {
      const version = await this.source.commit(key)
      this.strictOracle.acknowledge(key, version)
      return { key, version }
    }
    await this.#writer.strict.write(key, writer).catch((error: { code?: string }) => {
      if (error.code !== "WINDOW_NOT_OPENED") throw error
      this.#report.refused += 1
    })
  }

  #track(work: Promise<void>): void {
    const tracked = work.catch((error: unknown) => void this.#report.errors.push(error))
    this.#underWay.add(tracked)
    void tracked.then(() => this.#underWay.delete(tracked))
  }

  #someStrictKey(): string {
    return strictKeys[Math.floor(strictKeys.length * Math.random())] ?? "s0"
  }

  /** Every key in turn, hot ones more often. */
  #someKey(): string {
    const draw = Math.floor(keys.length * Math.random() ** 2)
    return keys[draw] ?? "k0"
  }
}

function emptyReport() {
  return { readMs: [] as number[], stallMs: 0, writes: 0, undelivered: 0, refused: 0, errors: [] as unknown[] }
}

/** Of a few keys each. */
function tagOf(key: string): string {
  return `t${Number(key.slice(1)) % 5}`
}
