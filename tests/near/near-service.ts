import { setTimeout as sleep } from "node:timers/promises"
import { until } from "@holdfast/servers"
import { memorySource } from "../source.ts"
import { maxStalenessMs, NearProcess, pastTheBound } from "./near-process.ts"
import { StalenessRecord } from "./staleness-record.ts"

const keys = Array.from({ length: 12 }, (_none, at) => `k${at}`)
/** Of the turns one in so many changes a key. */
const changeEvery = 3

/** A process that reads through its near cache and one that changes what it reads, without a pause. */
export class NearService {
  readonly reader: NearProcess
  readonly writer: NearProcess
  readonly record = new StalenessRecord()
  readonly #source = memorySource()
  readonly #beyond: string[] = []
  readonly #errors: unknown[] = []
  #stopped = false
  #running: Promise<void> | undefined

  /** @param clients that are not connected: the reader's may go through a proxy */
  constructor(clients: { readonly reader: unknown; readonly writer: unknown }) {
    this.reader = new NearProcess({ redis: clients.reader, source: this.#source })
    this.writer = new NearProcess({ redis: clients.writer, source: this.#source, local: false })
  }

  /** Waits until reads are answered from the reader's memory, and begins. */
  async start(): Promise<void> {
    if (!(await this.answersNear())) throw new Error("No read is answered from the near cache.")
    this.#running = this.#run()
  }

  /** Whether reads are answered from the reader's memory, now or soon. */
  async answersNear(): Promise<boolean> {
    const near = async (): Promise<boolean> =>
      (await Promise.all(keys.map((key) => this.reader.read(key)))).some(({ isNear }) => isNear)
    return (await until(near, { timeoutMs: 20_000, everyMs: 10 })) === true
  }

  /** Whether near caches are bypassed, now or soon, with the reasons of `stats()` and `health()`; both must be like `because`. */
  async bypassed(because = /^/): Promise<{ readonly why: string; readonly health: readonly string[] } | undefined> {
    return until(
      async () => {
        const { proved, why } = this.reader.cache.stats().near ?? {}
        if (proved !== false) return undefined
        const { nearCaches } = await this.reader.holdfast.health()
        const isNamed = because.test(why ?? "") && because.test(nearCaches[0] ?? "")
        return nearCaches.length > 0 && isNamed && { why: why ?? "", health: nearCaches }
      },
      { timeoutMs: 10_000, everyMs: 1 },
    )
  }

  /** What is wrong: reads beyond the bound, and errors. */
  get complaints(): readonly unknown[] {
    return [...this.#beyond, ...this.#errors]
  }

  /** Stops, and waits for what is under way. */
  async halt(): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  /** Stops. Once the bound has passed, what the reader answers against the source. */
  async end(): Promise<readonly string[]> {
    await this.halt()
    await until(async () => (await this.writer.holdfast.health()).undelivered === 0, { timeoutMs: 20_000, everyMs: 20 })
    await pastTheBound()
    const found: string[] = []
    for (const key of keys) {
      const [truth, { version }] = [await this.#source.read(key), await this.reader.read(key)]
      if (version !== truth) found.push(`${key}: source ${truth}, read ${version}`)
    }
    return found
  }

  async close(): Promise<void> {
    await this.halt()
    await Promise.all([this.reader.holdfast.close(), this.writer.holdfast.close()])
  }

  async #run(): Promise<void> {
    const underWay = new Set<Promise<void>>()
    const track = (work: Promise<void>): void => {
      const tracked = work
        .catch((error: unknown) => void this.#errors.push(error))
        .finally(() => underWay.delete(tracked))
      underWay.add(tracked)
    }
    for (let turn = 0; !this.#stopped; turn += 1) {
      for (const key of keys) track(this.#read(key))
      if (turn % changeEvery === 0) track(this.#change(keys[(turn / changeEvery) % keys.length] ?? "", turn))
      await sleep(1)
    }
    await Promise.all(underWay)
  }

  async #read(key: string): Promise<void> {
    const beganMs = performance.now()
    const outageHits = this.reader.outageHits
    const { version, isNear } = await this.reader.read(key)
    const staleMs = this.record.judge(key, beganMs, version)
    // What was not answered from memory is from the store or the source, and must not be stale at all.
    const isHeld = isNear || this.reader.outageHits > outageHits
    if (staleMs > (isHeld ? maxStalenessMs : 0)) this.#beyond.push(`${key}: ${staleMs.toFixed(1)} ms, held: ${isHeld}`)
  }

  async #change(key: string, turn: number): Promise<void> {
    const version = await (turn % 2 === 0 ? this.writer.change(key) : this.writer.write(key))
    if (version !== undefined) this.record.acknowledge(key, version)
  }
}
