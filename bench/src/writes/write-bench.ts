import { startRedis } from "@holdfast/servers"
import type { Bench, Settings } from "../bench.ts"
import { conditions } from "../conditions.ts"
import { median, round2 } from "../median.ts"
import { inTurns } from "../rounds.ts"
import { linesOf, table, type Line } from "../speed-report.ts"
import { candidates } from "./candidates.ts"
import type { WriteMeasurement } from "./measure.ts"
import { measureSweeps, sweepTable, topologies, type SweepLine } from "./sweeps.ts"
import { workloads } from "./workload.ts"

/** One line of a write workload. */
interface WriteLine extends Line {
  /** Share of the reads that the source answered; only where there are reads. */
  readonly sourceShare?: number
}

/** Writes and invalidations, against an update and a DEL with the same client. */
export const writeBench: Bench = {
  id: "writes",
  title: "writes, against an update and a DEL with the same client; sweeps, against a loop of SCAN",
  workloads: [...workloads.map(({ id }) => id), ...topologies.map((topology) => `sweep-${topology}`)],
  async run(settings) {
    const { workloads: chosen, rounds, seconds, print, progress } = settings
    const lines = await measureWrites(settings)
    const sweeps: SweepLine[] = []
    for (const topology of topologies.filter((each) => chosen.includes(`sweep-${each}`))) {
      const measured = await measureSweeps(topology, rounds, (what) => progress(`sweep-${topology}: ${what}`))
      sweeps.push(...measured)
      print(sweepTable(topology === "one" ? "a sweep of one server" : "a sweep of three primaries", measured))
    }
    return { conditions: conditions({ server: "redis", rounds, seconds }), lines, sweeps }
  },
}

async function measureWrites({ workloads: chosen, rounds, seconds, print, progress }: Settings): Promise<WriteLine[]> {
  const redis = await startRedis()
  const lines: WriteLine[] = []
  try {
    for (const workload of workloads.filter(({ id }) => chosen.includes(id))) {
      const meant = candidates.filter(({ kinds }) => kinds.includes(workload.kind))
      const results = await inTurns<WriteMeasurement>(
        meant.map(({ id }) => id),
        rounds,
        (id) => ({
          file: new URL("./write-worker.js", import.meta.url),
          args: [id, workload.id, redis.url, String(seconds)],
        }),
        (what) => progress(`${workload.id}: ${what}`),
        () => redis.command("FLUSHALL"),
      )
      const measured = linesOf(workload, meant, results)
      print(table(workload.title, measured))
      const shares = measured.map((line): WriteLine => {
        const ofRounds = (results.get(line.candidate) ?? []).map(({ sourceShare }) => sourceShare)
        return { ...line, sourceShare: round2(median(ofRounds) * 100) / 100 }
      })
      if (workload.kind === "mixed") print(sharesText(shares))
      lines.push(...(workload.kind === "mixed" ? shares : measured))
    }
  } finally {
    await redis.stop()
  }
  return lines
}

function sharesText(lines: readonly WriteLine[]): string {
  const shares = lines.map(({ candidate, sourceShare = 0 }) => `${candidate} ${(sourceShare * 100).toFixed(1)} %`)
  return `reads that the source answered: ${shares.join("; ")}`
}
