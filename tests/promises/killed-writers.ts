import { setTimeout as sleep } from "node:timers/promises"
import { until } from "@holdfast/servers"
import type { Actor } from "../cache-actor.ts"
import { startCacheWorker, type CacheWorker, type Stage } from "../stage.ts"

/** What a run of killed writers has shown. */
export interface KillReport {
  readonly rounds: number
  readonly reads: number
  /** Reads that answered a version from before a commit that they began after. */
  readonly stale: number
  /** Reads that answered a version from before one that a writer had been told is delivered, before they began. */
  readonly unkept: number
  /** Reads that were answered by the store. */
  readonly hits: number
  /** Rows that the store had an old value of when the last writer was killed. */
  readonly left: number
  /** Of these, those that it still had when more than their ttl had passed; and all that it was to keep for longer than that. */
  readonly outlived: readonly string[]
}

/** How a run is made. */
export interface KillPlan {
  readonly rounds: number
  readonly windowTerm: `${number}ms` | undefined
  readonly ttlSeconds: number
  /** In [0, 1): when in its round each writer is killed. */
  readonly draw: () => number
}

/** Rows that take turns: each rests from its last writer until its window has ended. */
const rows = 12
/** So many writers are started while others are at work: a start takes longer than a round. */
const atOnce = 3
/** A writer that has begun is killed within this time: some writes later. */
const killWithinMs = 12

/** Kills one writer after the other at a random point of its writes, while the rows are read, and compares each read with the source. */
export async function killWriters(stage: Stage, plan: KillPlan): Promise<KillReport> {
  const { rounds, windowTerm, ttlSeconds, draw } = plan
  const place = { url: stage.redis.url, namespace: stage.namespace }
  const setup = { ...place, ttl: `${ttlSeconds}s`, ...(windowTerm && { windowTerm }) } as const
  const reader = await stage.actor(setup)
  const keys = Array.from({ length: rows }, () => stage.key())
  const counts = { reads: 0, stale: 0, unkept: 0 }
  await Promise.all(keys.map((key) => keepOnReading(reader, key)))
  const starting: Promise<CacheWorker>[] = []
  for (let round = 0; round < rounds; round += 1) {
    while (starting.length < Math.min(atOnce, rounds - round)) starting.push(startCacheWorker(setup))
    const writer = await (starting.shift() as Promise<CacheWorker>)
    const key = keys[round % rows] as string
    const reading = { ends: false }
    const watching = watch(reader, key, counts, reading)
    const writing = writer.call("changeOn", key, round % 3 === 2 ? "unit" : "write").catch(() => undefined)
    await sleep(2 + draw() * killWithinMs)
    await writer.kill()
    await writing
    await sleep(draw() * killWithinMs)
    reading.ends = true
    await watching
  }
  const { loads, reads } = reader.stats()
  return { rounds, ...counts, hits: reads - loads, ...(await leftBehind(stage, reader, keys, ttlSeconds * 1000)) }
}

/** Waits until the old values that killed writers have left have ended by themselves. */
async function leftBehind(
  stage: Stage,
  reader: Actor,
  keys: readonly string[],
  ttlMs: number,
): Promise<Pick<KillReport, "left" | "outlived">> {
  const isOld = async (key: string): Promise<boolean> =>
    ((await reader.peek(key)) ?? Infinity) < (await reader.committed(key))
  const isEndless = async (key: string): Promise<boolean> => {
    const restMs = Number(await stage.redis.command("PTTL", stage.keysOf(key).value))
    return restMs === -1 || restMs > ttlMs
  }
  const endless = await pick(keys, isEndless)
  const left = await pick(keys, isOld)
  const areOver = async (): Promise<boolean> => (await pick(left, isOld)).length === 0
  await until(areOver, { timeoutMs: 4 * ttlMs + 1000, everyMs: 20 })
  return { left: left.length, outlived: [...endless, ...(await pick(left, isOld))] }
}

async function pick(keys: readonly string[], fits: (key: string) => Promise<boolean>): Promise<string[]> {
  const each = await Promise.all(keys.map(fits))
  return keys.filter((_key, at) => each[at])
}

/** Until the store holds the row. */
async function keepOnReading(reader: Actor, key: string): Promise<void> {
  await reader.commit(key)
  while ((await reader.peek(key)) === undefined) {
    await reader.get(key)
    await sleep(10)
  }
}

async function watch(
  reader: Actor,
  key: string,
  counts: { reads: number; stale: number; unkept: number },
  reading: { readonly ends: boolean },
): Promise<void> {
  while (!reading.ends) {
    const [committed, acknowledged] = await Promise.all([reader.committed(key), reader.acknowledged(key)])
    const answered = (await reader.get(key)) ?? 0
    counts.reads += 1
    if (answered < committed) counts.stale += 1
    if (answered < acknowledged) counts.unkept += 1
  }
}
