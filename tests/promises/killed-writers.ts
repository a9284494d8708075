import { setTimeout as sleep } from "node:timers/promises"
import type { Actor } from "../cache-actor.ts"
import { startCacheWorker, type CacheWorker, type Stage } from "../stage.ts"

/** What a run of killed writers has shown. */
export interface KillReport {
  readonly rounds: number
  readonly reads: number
  /** Reads that answered a version from before a commit that they began after. */
  readonly stale: number
  /** Reads that were answered by the store. */
  readonly hits: number
}

/** How a run is made. */
export interface KillPlan {
  readonly rounds: number
  readonly windowTerm: `${number}ms` | undefined
  /** In [0, 1): when in its round each writer is killed. */
  readonly draw: () => number
}

/** Rows that take turns: each rests from its last writer until its window has ended. */
const rows = 12
/** A writer that has begun is killed within this time: some writes later. */
const killWithinMs = 12

/** Kills one writer after the other at a random point of its writes, while the rows are read, and compares each read with the source. */
export async function killWriters(stage: Stage, { rounds, windowTerm, draw }: KillPlan): Promise<KillReport> {
  const setup = { url: stage.redis.url, namespace: stage.namespace, ...(windowTerm && { windowTerm }) }
  const reader = await stage.actor(setup)
  const keys = Array.from({ length: rows }, () => stage.key())
  const counts = { reads: 0, stale: 0 }
  await Promise.all(keys.map((key) => keepOnReading(reader, key)))
  let next: Promise<CacheWorker> = startCacheWorker(setup)
  for (let round = 0; round < rounds; round += 1) {
    const writer = await next
    if (round + 1 < rounds) next = startCacheWorker(setup)
    const key = keys[round % rows] as string
    const reading = { ends: false }
    const watching = watch(reader, key, counts, reading)
    const writing = writer.call("writeOn", key).catch(() => undefined)
    await sleep(2 + draw() * killWithinMs)
    await writer.kill()
    await writing
    await sleep(draw() * killWithinMs)
    reading.ends = true
    await watching
  }
  const { loads, reads } = reader.stats()
  return { rounds, ...counts, hits: reads - loads }
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
  counts: { reads: number; stale: number },
  reading: { readonly ends: boolean },
): Promise<void> {
  while (!reading.ends) {
    const committed = await reader.committed(key)
    const answered = (await reader.get(key)) ?? 0
    counts.reads += 1
    if (answered < committed) counts.stale += 1
  }
}
