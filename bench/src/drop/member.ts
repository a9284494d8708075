import { setTimeout as sleep } from "node:timers/promises"
import { createHoldfast, type Holdfast, type ReadThroughCache } from "holdfast"
import { Redis } from "ioredis"
import { createClient } from "redis"
import { nowMs } from "./machine-clock.ts"

/** First part of every key. */
export const namespace = "drop"
/** The clients that are measured. */
export const clients = ["redis", "ioredis"] as const

export type Client = (typeof clients)[number]

/** When a change was sent and when it was acknowledged, in milliseconds of the machine. */
export interface Change {
  readonly sentMs: number
  readonly resolvedMs: number
}

/** When a change was heard on a bare subscription, and when the copy of its key was gone, in milliseconds of the machine. */
export interface Drop {
  readonly heardMs: number
  readonly goneMs: number
}

/** When each version of each key was last served, in milliseconds of the machine: by key, then by version. */
export type Served = readonly (readonly (readonly [version: number, lastMs: number])[])[]

interface Row {
  readonly version: number
}

/** One process: a Holdfast with a near cache, and a connection of its own that tells when there is something to look at. */
export class Member {
  readonly #holdfast: Holdfast
  readonly #cache: ReadThroughCache<string, Row>
  readonly #raw: Redis
  readonly #ear: Redis
  readonly #drops: Drop[] = []
  readonly #served: Map<number, number>[] = []
  #expected = 0
  #reading = false

  constructor(client: Client, url: string, directUrl: string) {
    this.#holdfast = createHoldfast({
      redis: client === "redis" ? createClient({ url }) : new Redis(url, { lazyConnect: true }),
      namespace,
    })
    this.#raw = new Redis(directUrl)
    this.#ear = new Redis(directUrl)
    const load = async (key: string): Promise<Row> => ({ version: Number(await this.#raw.get(`source:${key}`)) })
    this.#cache = this.#holdfast.cache({ name: "row", ttl: "10m", load })
  }

  /** Keeps copies of so many keys. */
  async fill(keys: number): Promise<void> {
    const isFull = (): boolean => {
      const { near } = this.#cache.stats()
      return near?.proved === true && near.entries >= keys
    }
    while (!isFull()) {
      await Promise.all(Array.from({ length: keys }, (_none, at) => this.#cache.get(`k${at}`)))
      if (!isFull()) await sleep(20)
    }
    this.#expected = keys
  }

  /** From now on notes when copies go. */
  async watch(): Promise<void> {
    this.#drops.length = 0
    this.#ear.removeAllListeners("message")
    this.#ear.on("message", (_channel, message: string) => {
      if (message.startsWith("i")) this.#lookFor(--this.#expected, nowMs())
    })
    await this.#ear.subscribe(`${namespace}:wake`)
  }

  /** When each copy was gone. What was gone when the news of it came on the other connection counts from then: never too early. */
  drops(): readonly Drop[] {
    return this.#drops
  }

  /** Invalidates keys one after the other. */
  async invalidate(keys: number, everyMs: number): Promise<readonly Change[]> {
    const changes: Change[] = []
    for (let at = 0; at < keys; at += 1) {
      changes.push(await this.change(at, at + 1))
      await sleep(everyMs)
    }
    return changes
  }

  /** Gives a key this version. */
  async change(at: number, version: number): Promise<Change> {
    await this.#raw.set(`source:k${at}`, version)
    const sentMs = nowMs()
    await this.#cache.invalidate(`k${at}`)
    return { sentMs, resolvedMs: nowMs() }
  }

  /** Reads keys without a pause, and notes what is served. */
  read(keys: number): void {
    this.#served.length = 0
    this.#served.push(...Array.from({ length: keys }, () => new Map<number, number>()))
    this.#reading = true
    this.#readOn().catch(() => process.exit(1))
  }

  served(): Served {
    this.#reading = false
    return this.#served.map((versions) => [...versions])
  }

  near(): { readonly proved: boolean; readonly nearHits: number } {
    const { near, nearHits } = this.#cache.stats()
    return { proved: near?.proved === true, nearHits }
  }

  async close(): Promise<void> {
    await this.#holdfast.close()
    this.#raw.disconnect()
    this.#ear.disconnect()
  }

  #lookFor(entries: number, heardMs: number): void {
    if ((this.#cache.stats().near?.entries ?? 0) <= entries) this.#drops.push({ heardMs, goneMs: nowMs() })
    else setImmediate(() => this.#lookFor(entries, heardMs))
  }

  async #readOn(): Promise<void> {
    while (this.#reading) {
      await Promise.all(this.#served.map((versions, at) => this.#readOne(versions, at)))
      await sleep(1)
    }
  }

  async #readOne(versions: Map<number, number>, at: number): Promise<void> {
    const beganMs = nowMs()
    const before = this.#cache.stats().nearHits
    const reading = this.#cache.get(`k${at}`)
    const isNear = this.#cache.stats().nearHits > before
    const row = await reading
    if (isNear && row !== undefined) versions.set(row.version, beganMs)
  }
}
