import { setTimeout as sleep } from "node:timers/promises"
import { startProxy, type RedisProcess, type TcpProxy } from "@holdfast/servers"
import { startMember, type MemberProcess } from "./member-process.ts"
import type { Change, Client, Served } from "./member.ts"

/** The default of `local.maxStaleness`, in milliseconds. */
export const maxStalenessMs = 2000
const keys = 8

/** What happens to the subscriber connection of one process. */
export const cuts = ["none", "killed", "silent"] as const

export type Cut = (typeof cuts)[number]

/** What that process served from its memory although it had been changed. */
export interface Staleness {
  readonly cut: Cut
  /** The longest time after its change was acknowledged, in milliseconds. */
  readonly longestMs: number
  readonly nearHits: number
}

/** One process that reads, whose subscriber connection is cut, and one that changes what it reads. */
export async function measureStaleness(
  redis: RedisProcess,
  client: Client,
  cut: Cut,
  seconds: number,
): Promise<Staleness> {
  await redis.command("FLUSHALL")
  await using proxy = await startProxy(redis.port)
  const [reader, writer] = await Promise.all([
    startMember(client, `redis://${proxy.host}:${proxy.port}`, redis.url),
    startMember(client, redis.url, redis.url),
  ])
  try {
    await reader.call("fill", keys)
    await reader.call("read", keys)
    const changing = changeFor(writer, 1000 * seconds + 2 * maxStalenessMs)
    await sleep(500 * seconds)
    await make(cut, redis, proxy)
    const changes = await changing
    const { nearHits } = await reader.call("near")
    return { cut, longestMs: longest(await reader.call("served"), changes), nearHits }
  } finally {
    await proxy.set({ is: "pass" })
    await Promise.all([reader.stop(), writer.stop()])
  }
}

async function make(cut: Cut, redis: RedisProcess, proxy: TcpProxy): Promise<void> {
  if (cut === "silent") proxy.setOnly("subscribers", { is: "silent" })
  // Those of all processes, again and again: what was missed meanwhile must not be served either.
  for (let time = 0; cut === "killed" && time < 20; time += 1) {
    await redis.command("CLIENT", "KILL", "TYPE", "pubsub")
    await sleep(50)
  }
}

/** By key: its changes in the order of their versions, from 1 on. */
async function changeFor(writer: MemberProcess, ms: number): Promise<readonly (readonly Change[])[]> {
  const changes: Change[][] = Array.from({ length: keys }, () => [])
  const untilMs = performance.now() + ms
  while (performance.now() < untilMs) {
    for (const [at, own] of changes.entries()) own.push(await writer.call("change", at, own.length + 1))
    await sleep(5)
  }
  return changes
}

/** A version is outdated from the acknowledgement of the next one on. */
function longest(served: Served, changes: readonly (readonly Change[])[]): number {
  const stale = served.flatMap((versions, at) =>
    versions.map(([version, lastMs]) => lastMs - (changes[at]?.[version]?.resolvedMs ?? lastMs)),
  )
  return Math.max(0, ...stale)
}
