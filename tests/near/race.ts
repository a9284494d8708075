import { setTimeout as sleep } from "node:timers/promises"
import { memorySource } from "../source.ts"
import { NearProcess, pastTheBound } from "./near-process.ts"
import type { Client, Topology } from "./near-topology.ts"

/** Rounds that are played at one time, so that they share the wait for the bound. */
const together = 200
/** Within so many milliseconds a read and an invalidation of one key begin. */
const spreadMs = 6
/** On a busy machine one may always come first: so many times the rounds are played at most, ever further apart, until both have. */
const patience = 3
/** So many replies must have come after the news, and so many before it: with fewer the rounds have shown little. */
export const enough = 3

/** What became of the rounds. */
export interface Tally {
  /** The reader got the old value. */
  old: number
  /** It was looked up and came after the news of its invalidation. */
  overtaken: number
  /** It came before the news, and was kept until then. */
  kept: number
  /** Served although the bound had passed. */
  readonly stale: string[]
}

interface Round {
  /** In the store, before it is read. */
  readonly isThere: boolean
  readonly withinMs: number
  readonly reader: NearProcess
  readonly writer: NearProcess
}

/** Reads of one process against invalidations by another, whose news comes on another connection than the answers. */
export class Race {
  readonly #topology: Topology
  readonly #client: Client
  readonly #draw: () => number
  readonly #tally: Tally = { old: 0, overtaken: 0, kept: 0, stale: [] }

  constructor(topology: Topology, client: Client, draw: () => number) {
    this.#topology = topology
    this.#client = client
    this.#draw = draw
  }

  /** @param rounds one key each, and at least so many */
  async run(rounds: number): Promise<Tally> {
    await Promise.all(this.#topology.servers.map((server) => server.command("FLUSHALL")))
    const source = memorySource()
    await using reader = new NearProcess({ redis: this.#topology.through(this.#client), source })
    await using writer = new NearProcess({ redis: this.#topology.direct(this.#client), source, local: false })
    if (!(await reader.proved())) throw new Error("Nothing is proved.")
    for (let first = 0; first < rounds || (this.#isOneSided && first < rounds * patience); first += together) {
      const withinMs = spreadMs * Math.max(1, (first + together) / rounds) ** 2
      const keys = Array.from({ length: together }, (_none, at) => `k${first + at}`)
      // Half of the keys are there before they are read: then a look races; of the others a fill does.
      const there = keys.filter((_key, at) => at % 2 === 0)
      await Promise.all(keys.map((key) => source.commit(key)))
      await Promise.all(there.map((key) => writer.cache.get(key)))
      this.#disturb((first / together) % 2 === 0)
      await Promise.all(keys.map((key) => this.#round(key, { isThere: there.includes(key), withinMs, reader, writer })))
      await this.#topology.pass()
      await pastTheBound()
      for (const key of keys) {
        // Else a wrong copy would not be served, and so not be seen.
        if (!(await reader.proved())) throw new Error("Nothing is proved any more.")
        const { version } = await reader.read(key)
        if (version < 2) this.#tally.stale.push(key)
      }
    }
    return this.#tally
  }

  /** Replies come late on the data connection, or what is published does on the other. */
  #disturb(isDataLate: boolean): void {
    const late = {
      is: "delay",
      delayMs: 2,
      jitterMs: 8,
      seed: Math.floor(this.#draw() * 1e6),
      direction: "replies",
    } as const
    const soon = { ...late, delayMs: 0, jitterMs: 3 }
    this.#topology.setOnly("others", isDataLate ? late : soon)
    this.#topology.setOnly("subscribers", isDataLate ? soon : late)
  }

  get #isOneSided(): boolean {
    return this.#tally.overtaken < enough || this.#tally.kept < enough
  }

  async #round(key: string, { isThere, withinMs, reader, writer }: Round): Promise<void> {
    const reading = sleep(this.#draw() * withinMs).then(() => reader.read(key))
    const changing = sleep(this.#draw() * withinMs).then(() => writer.change(key))
    const { version } = await reading
    if (version === 1) await this.#judge(key, isThere, reader)
    if ((await changing) !== 2) throw new Error(`The change of ${key} was not delivered.`)
  }

  /** The old value has just come. Of one that was looked up, whether it is kept tells what came first; a fill may also have been refused. */
  async #judge(key: string, isThere: boolean, reader: NearProcess): Promise<void> {
    if (!reader.isProved) return
    const { isNear } = await reader.read(key)
    this.#tally.old += 1
    if (isNear) this.#tally.kept += 1
    else if (isThere) this.#tally.overtaken += 1
  }
}
