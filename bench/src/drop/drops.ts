import type { RedisProcess } from "@holdfast/servers"
import { startMember, type MemberProcess } from "./member-process.ts"
import type { Change, Client, Drop } from "./member.ts"

/** Processes that keep copies. */
export const readers = 8
/** Between two changes. */
const everyMs = 10

/** Milliseconds from a change to the moment at which its copy was gone in each process, sorted. */
export interface Drops {
  readonly sinceSent: readonly number[]
  readonly sinceResolved: readonly number[]
  /** From the acknowledgement to the arrival of the same message at a bare subscription of the same process: the peer. */
  readonly heardSinceResolved: readonly number[]
}

/** Processes with copies of the same keys, one that changes them, and how soon each copy goes. */
export async function measureDrops(redis: RedisProcess, client: Client, seconds: number): Promise<Drops> {
  const keys = Math.max(10, Math.round((seconds * 1000) / everyMs))
  await redis.command("FLUSHALL")
  const start = (): Promise<MemberProcess> => startMember(client, redis.url, redis.url)
  const [writer, ...others] = await Promise.all([start(), ...Array.from({ length: readers }, start)])
  try {
    await Promise.all(others.map((reader) => reader.call("fill", keys)))
    await Promise.all(others.map((reader) => reader.call("watch")))
    const changes = await writer.call("invalidate", keys, everyMs)
    return dropsOf(changes, await Promise.all(others.map((reader) => allDrops(reader, keys))))
  } finally {
    await Promise.all([writer, ...others].map((each) => each.stop()))
  }
}

/** The last message may still be under way. */
async function allDrops(reader: MemberProcess, keys: number): Promise<readonly Drop[]> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const drops = await reader.call("drops")
    if (drops.length >= keys) return drops
  }
  throw new Error("not every copy was dropped")
}

function dropsOf(changes: readonly Change[], drops: readonly (readonly Drop[])[]): Drops {
  const since = (from: keyof Change, to: keyof Drop): readonly number[] =>
    drops
      .flatMap((each) => each.map((drop, at) => drop[to] - (changes[at]?.[from] ?? Number.NaN)))
      .sort((a, b) => a - b)
  return {
    sinceSent: since("sentMs", "goneMs"),
    sinceResolved: since("resolvedMs", "goneMs"),
    heardSinceResolved: since("resolvedMs", "heardMs"),
  }
}
