import { startRedis } from "@holdfast/servers"
import type { Bench } from "../bench.ts"
import { conditions } from "../conditions.ts"
import type { Measurement } from "../load.ts"
import { inTurns } from "../rounds.ts"
import { linesOf, table, type Line } from "../speed-report.ts"
import { candidates } from "./candidates.ts"
import { workloads } from "./workload.ts"

/** Reads through a server, against hand-written cache-aside on the same client. */
export const storeBench: Bench = {
  id: "store",
  title: "store hits and misses, against hand-written cache-aside on the same client",
  workloads: workloads.map(({ id }) => id),
  async run({ workloads: chosen, rounds, seconds, print, progress }) {
    const redis = await startRedis()
    const lines: Line[] = []
    try {
      for (const workload of workloads.filter(({ id }) => chosen.includes(id))) {
        await redis.command("FLUSHALL")
        const results = await inTurns<Measurement>(
          candidates.map(({ id }) => id),
          rounds,
          (id) => ({
            file: new URL("./store-worker.js", import.meta.url),
            args: [id, workload.id, redis.url, String(seconds)],
          }),
          (what) => progress(`${workload.id}: ${what}`),
        )
        const measured = linesOf(workload, candidates, results)
        lines.push(...measured)
        print(table(workload.title, measured))
      }
    } finally {
      await redis.stop()
    }
    return { conditions: conditions({ server: "redis", rounds, seconds }), lines }
  },
}
