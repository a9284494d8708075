import { setTimeout as sleep } from "node:timers/promises"
import { createHoldfast, type Holdfast, type ReadThroughCache } from "holdfast"
import type { ClientCell } from "../cells.ts"
import { FreshnessOracle } from "../oracle.ts"
import { memorySource } from "../source.ts"

const keys = Array.from({ length: 20 }, (_none, at) => `k${at}`)
const everyMs = 5
const writeEvery = 10
/** How long the source takes. */
export const loadMs = 5

/** One process of the service: a Holdfast with connections of its own, and what it has been told of writes. */
interface Member {
  readonly holdfast: Holdfast
  readonly cache: ReadThroughCache<string, number>
  readonly oracle: FreshnessOracle
}

/** What users saw since the last report. */
export interface TrickleReport {
  readonly reads: number
  readonly writes: number
  /** Writes that the store could not be told at once. */
  readonly undelivered: number
  /** How long each read took in milliseconds, sorted. */
  readonly readMs: readonly number[]
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
  readonly #source = memorySource()
  readonly #writer: Member
  readonly #reader: Member
  readonly #underWay = new Set<Promise<void>>()
  #report = emptyReport()
  #stopped = false
  #ticks = 0
  #running: Promise<void> | undefined

  constructor(cell: ClientCell, url: string) {
    this.#writer = this.#member(cell, url)
    this.#reader = this.#member(cell, url)
  }

  get members(): readonly Member[] {
    return [this.#writer, this.#reader]
  }

  start(): void {
    this.#running = this.#run()
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
    while (this.#report.readMs.length < enough) await sleep(everyMs)
    const { readMs, writes, undelivered, errors } = this.#report
    this.#report = emptyReport()
    const stale = this.members.flatMap(({ oracle }) => oracle.stale)
    return { reads: readMs.length, writes, undelivered, readMs: readMs.sort((a, b) => a - b), stale, errors }
  }

  /** When all invalidations have been delivered and nothing is under way, what every process reads of every key, against the source. */
  async disagreements(): Promise<string[]> {
    const found: string[] = []
    for (const key of keys) {
      const truth = await this.#source.read(key)
      const answers = await Promise.all(this.members.map(({ cache }) => cache.get(key)))
      if (answers.some((answer) => (answer ?? 0) !== truth))
        found.push(`${key}: source ${truth}, read ${answers.join(", ")}`)
    }
    return found
  }

  async close(): Promise<void> {
    await this.stop()
    await Promise.all(this.members.map(({ holdfast }) => holdfast.close()))
  }

  #member(cell: ClientCell, url: string): Member {
    const holdfast = createHoldfast({ redis: cell.create(url), namespace: "trickle" })
    const load = async (key: string): Promise<number> => {
      const version = await this.#source.read(key)
      await sleep(loadMs)
      return version
    }
    return { holdfast, cache: holdfast.cache({ name: "row", ttl: "60s", load }), oracle: new FreshnessOracle() }
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#ticks += 1
      for (const member of this.members) this.#track(this.#read(member, this.#someKey()))
      if (this.#ticks % writeEvery === 0) this.#track(this.#write(this.#someKey()))
      await sleep(everyMs)
    }
  }

  async #read({ cache, oracle }: Member, key: string): Promise<void> {
    const floor = oracle.floor(key)
    const startedMs = performance.now()
    const version = await cache.get(key)
    this.#report.readMs.push(performance.now() - startedMs)
    oracle.judge(key, floor, version)
  }

  async #write(key: string): Promise<void> {
    const { value, delivered } = await this.#writer.cache.write(key, () => this.#source.commit(key))
    this.#report.writes += 1
    if (!delivered) this.#report.undelivered += 1
    for (const { oracle } of delivered ? this.members : [this.#writer]) oracle.acknowledge(key, value ?? 0)
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
  return { readMs: [] as number[], writes: 0, undelivered: 0, errors: [] as unknown[] }
}
