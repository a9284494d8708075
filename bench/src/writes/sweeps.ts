import { startCluster, startRedis, type RedisProcess } from "@holdfast/servers"
import { median } from "../median.ts"
import { ratioCells, ratioOf, type Ratio } from "../ratio.ts"
import { inTurns } from "../rounds.ts"
import { textTable } from "../text-table.ts"
import { sweepers } from "./sweeper.ts"

/** Where keys are swept. */
export const topologies = ["one", "cluster"] as const

/** Keys that are swept. */
const keys = 50_000

/** One line of the result: the median over the rounds, and the ratio against the hand-written loop. */
export interface SweepLine extends Partial<Ratio> {
  readonly topology: string
  readonly candidate: string
  readonly keysPerSecond: number
}

/** Sweeps the same keys with every candidate. */
export async function measureSweeps(
  topology: (typeof topologies)[number],
  rounds: number,
  progress: (what: string) => void,
): Promise<readonly SweepLine[]> {
  const { nodes, stop } = await start(topology)
  try {
    const results = await inTurns<{ readonly keysPerSecond: number }>(
      sweepers.map(({ id }) => id),
      rounds,
      (id) => ({
        file: new URL("./sweep-worker.js", import.meta.url),
        args: [id, String(keys), topology, ...nodes.map(({ url }) => url)],
      }),
      progress,
      () => Promise.all(nodes.map((node) => node.command("FLUSHALL"))),
    )
    const speeds = (id: string): number[] => (results.get(id) ?? []).map(({ keysPerSecond }) => keysPerSecond)
    return sweepers.map(({ id, peer }) => ({
      topology,
      candidate: id,
      keysPerSecond: Math.round(median(speeds(id))),
      ...(peer !== undefined && ratioOf(speeds(id), speeds(peer))),
    }))
  } finally {
    await stop()
  }
}

async function start(topology: (typeof topologies)[number]) {
  if (topology === "cluster") {
    const cluster = await startCluster({ primaries: 3 })
    return { nodes: cluster.nodes, stop: () => cluster.stop() }
  }
  const redis: RedisProcess = await startRedis()
  return { nodes: [redis], stop: () => redis.stop() }
}

export function sweepTable(title: string, lines: readonly SweepLine[]): string {
  const rows = lines.map((line) => [
    line.candidate,
    line.keysPerSecond.toLocaleString("en"),
    ...ratioCells(line, ">=").slice(0, 2),
  ])
  return textTable(`${title}, ${keys.toLocaleString("en")} keys`, ["", "keys/s", "ratio", "range"], rows)
}
