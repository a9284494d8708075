import { setTimeout as sleep } from "node:timers/promises"
import { until } from "@holdfast/servers"
import { createHoldfast, type Holdfast, type HoldfastEvent, type LocalOptions, type ReadThroughCache } from "holdfast"
import type { Row } from "../cache-actor.ts"
import type { Source } from "../source.ts"

/** What near caches are bounded by here, in milliseconds. */
export const maxStalenessMs = 200
/** Resolves when the bound has passed since the call: timers may be a little early. */
export async function pastTheBound(): Promise<void> {
  await sleep(maxStalenessMs + 5)
}

/** First part of every key. */
export const namespace = "near"

export interface NearProcessOptions {
  /** A client that is not connected. */
  readonly redis: unknown
  readonly source: Source
  readonly ttl?: `${number}s`
  readonly local?: LocalOptions | false
  readonly tracking?: boolean
  readonly tags?: (value: Row | undefined) => string[]
  readonly onEvent?: (event: HoldfastEvent) => void
}

/** One process as the protocol sees it: a Holdfast with connections and a near cache of its own. */
export class NearProcess {
  readonly holdfast: Holdfast
  readonly cache: ReadThroughCache<string, Row>
  readonly #source: Source

  constructor({
    redis,
    source,
    ttl = "60s",
    local = { maxStaleness: `${maxStalenessMs}ms` },
    tracking = false,
    tags = () => [],
    onEvent = () => {},
  }: NearProcessOptions) {
    this.#source = source
    this.holdfast = createHoldfast({ redis, namespace, commandTimeout: "2s", tracking, onEvent })
    const load = async (key: string): Promise<Row> => ({ key, version: await source.read(key) })
    this.cache = this.holdfast.cache({ name: "row", ttl, local, load, tags })
  }

  get isProved(): boolean {
    return this.cache.stats().near?.proved === true
  }

  /** Reads that were answered with what was loaded in an outage. */
  get outageHits(): number {
    return this.cache.stats().outageHits
  }

  /** Waits until every server has proved that it is heard. */
  async proved(timeoutMs = 15_000): Promise<boolean> {
    return (await until(() => this.isProved, { timeoutMs, everyMs: 5 })) === true
  }

  /** A read, and whether it was answered from this process. */
  async read(key: string): Promise<{ readonly version: number; readonly isNear: boolean }> {
    const before = this.cache.stats().nearHits
    const reading = this.cache.get(key)
    const isNear = this.cache.stats().nearHits > before
    return { version: (await reading)?.version ?? 0, isNear }
  }

  /** Whether reads of this key are answered from this process, now or soon. */
  async keeps(key: string): Promise<boolean> {
    return (await until(async () => (await this.read(key)).isNear, { timeoutMs: 20_000, everyMs: 5 })) === true
  }

  /** Changes the source and invalidates; the version, if that was delivered. */
  async change(key: string): Promise<number | undefined> {
    const version = await this.#source.commit(key)
    return (await this.cache.invalidate(key)).delivered ? version : undefined
  }

  async write(key: string): Promise<number | undefined> {
    const writer = async (): Promise<Row> => ({ key, version: await this.#source.commit(key) })
    const { value, delivered } = await this.cache.write(key, writer)
    return delivered ? value?.version : undefined
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.holdfast.close()
  }
}
