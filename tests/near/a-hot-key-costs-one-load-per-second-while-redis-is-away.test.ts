import { setTimeout as sleep } from "node:timers/promises"
import { startRedis, until, type RedisProcess } from "@holdfast/servers"
import { createHoldfast, type Holdfast, type HoldfastEvent, type ReadThroughCache } from "holdfast"
import { describe, expect, test } from "vitest"
import type { Row } from "../cache-actor.ts"
import { clientCell } from "../cells.ts"
import { memorySource, type Source } from "../source.ts"
import { clients, type Client } from "./near-topology.ts"

/** What a value may be old here, and how long one that was loaded in an outage serves others, in milliseconds. */
const boundMs = 1000
const awayMs = 4000
const key = "hot"

/** How the server goes away, and comes back. */
const outages = {
  "stopped by SIGSTOP": {
    begin: async (redis: RedisProcess) => redis.freeze(),
    end: async (redis: RedisProcess) => redis.thaw(),
  },
  killed: {
    begin: (redis: RedisProcess) => redis.kill(),
    end: (redis: RedisProcess) => redis.restart({ empty: true }),
  },
} as const

interface Member extends AsyncDisposable {
  readonly holdfast: Holdfast
  readonly cache: ReadThroughCache<string, Row>
  /** How its reads were answered. */
  readonly outcomes: string[]
  loads: number
}

function member(client: Client, { url }: RedisProcess, source: Source): Member {
  const outcomes: string[] = []
  const onEvent = (event: HoldfastEvent): void => {
    if (event.name === "read") outcomes.push(event.outcome)
  }
  const redis = clientCell(client).create(url)
  const holdfast = createHoldfast({ redis, namespace: "outage", commandTimeout: "200ms", onEvent })
  const load = async (id: string): Promise<Row> => {
    made.loads += 1
    return { key: id, version: await source.read(id) }
  }
  const cache = holdfast.cache({ name: "row", ttl: "60s", local: { maxStaleness: `${boundMs}ms` }, load })
  const made: Member = { holdfast, cache, outcomes, loads: 0, [Symbol.asyncDispose]: () => holdfast.close() }
  return made
}

/** Reads without a pause to speak of; answers how often, and the oldest version that was answered. */
async function readFor(ms: number, { cache }: Member): Promise<{ readonly reads: number; readonly oldest: number }> {
  const untilMs = performance.now() + ms
  let [reads, oldest] = [0, Infinity]
  while (performance.now() < untilMs) {
    oldest = Math.min(oldest, (await cache.get(key))?.version ?? 0)
    reads += 1
    await sleep(1)
  }
  return { reads, oldest }
}

describe.each(clients)("%s", { concurrent: true }, (client) => {
  test.for(Object.entries(outages))("Redis is %s", async ([name, { begin, end }]) => {
    await using redis = await startRedis()
    const source = memorySource()
    await using here = member(client, redis, source)
    await using elsewhere = member(client, redis, source)
    const isNear = async (): Promise<boolean> => {
      await here.cache.get(key)
      return here.outcomes.at(-1) === "near-hit"
    }
    expect(await until(isNear, { timeoutMs: 15_000, everyMs: 5 })).toBe(true)

    await begin(redis)
    await readFor(boundMs + 500, here)
    const before = here.loads
    const { reads } = await readFor(awayMs, here)
    const loads = here.loads - before
    console.log(`${client}, ${name}: ${loads} loads for ${reads} reads in ${awayMs / boundMs} s`)
    expect(loads).toBeLessThanOrEqual(awayMs / boundMs + 1)
    expect(loads).toBeGreaterThanOrEqual(2)
    expect(reads).toBeGreaterThan(100)

    const version = await source.commit(key)
    expect(await elsewhere.cache.invalidate(key)).toEqual({ delivered: false })
    await readFor(boundMs + 5, here)
    expect((await readFor(200, here)).oldest).toBe(version)

    await end(redis)
    const isBack = async (): Promise<boolean> => {
      await here.cache.get(key)
      return (
        (await elsewhere.holdfast.health()).undelivered === 0 &&
        ["hit", "near-hit"].includes(here.outcomes.at(-1) ?? "")
      )
    }
    expect(await until(isBack, { timeoutMs: 20_000, everyMs: 5 })).toBe(true)
    const since = here.outcomes.length
    const newer = await source.commit(key)
    expect(await until(async () => (await elsewhere.cache.invalidate(key)).delivered, { timeoutMs: 10_000 })).toBe(true)
    await readFor(boundMs + 5, here)
    expect((await readFor(200, here)).oldest).toBe(newer)
    expect(here.outcomes.slice(since)).not.toContain("outage-hit")
  })
})
