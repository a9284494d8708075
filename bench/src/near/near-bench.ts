import type { Bench, Settings } from "../bench.ts"
import { conditions } from "../conditions.ts"
import { inTurns, type Worker } from "../rounds.ts"
import { candidates } from "./candidates.ts"
import type { GetMeasurement } from "./gets.ts"
import { hitRatios, type HitRatio } from "./hit-ratio.ts"
import { ensurePeers, peerVersions } from "./peer-folder.ts"
import { bytesLines, bytesTable, getLines, getTable, hitRatioTable, type BytesLine, type GetLine } from "./report.ts"
import { generatedTraces, recordedTraces } from "./trace.ts"
import { bytesWorkloads, getWorkloads, hitRatioId } from "./workload.ts"

/** Memory does not vary with the load of the machine. */
const roundsOfBytesMax = 3

/** Hits in the process's own memory, against lru-cache and the caching libraries in bench/peers. */
export const nearBench: Bench = {
  id: "near",
  title: "near hits, bytes per entry and hit ratios, against lru-cache and other caching libraries",
  workloads: [...getWorkloads, ...bytesWorkloads].map(({ id }) => id).concat(hitRatioId),
  async run(settings) {
    await ensurePeers((line) => void process.stderr.write(`bench: ${line}\n`))
    const gets = await measureGets(settings)
    const bytes = await measureBytes(settings)
    const ratios = settings.workloads.includes(hitRatioId) ? await measureHitRatios(settings) : []
    const { rounds, seconds } = settings
    return { conditions: conditions({ rounds, seconds, ...peerVersions() }), gets, bytes, hitRatios: ratios }
  },
}

const ids = candidates.map(({ id }) => id)

const workerOf = (...args: string[]): Worker => ({
  file: new URL("./near-worker.js", import.meta.url),
  flags: ["--expose-gc"],
  args,
})

async function measureGets({ workloads, rounds, seconds, print, progress }: Settings): Promise<readonly GetLine[]> {
  const lines: GetLine[] = []
  for (const workload of getWorkloads.filter(({ id }) => workloads.includes(id))) {
    const worker = (id: string): Worker => workerOf(id, workload.id, String(seconds))
    const results = await inTurns<GetMeasurement>(ids, rounds, worker, (what) => progress(`${workload.id}: ${what}`))
    const measured = getLines(workload, results)
    lines.push(...measured)
    print(getTable(workload.title, measured))
  }
  return lines
}

async function measureBytes({ workloads, rounds, print, progress }: Settings): Promise<readonly BytesLine[]> {
  const lines: BytesLine[] = []
  for (const workload of bytesWorkloads.filter(({ id }) => workloads.includes(id))) {
    const worker = (id: string): Worker => workerOf(id, workload.id)
    const times = Math.min(rounds, roundsOfBytesMax)
    const results = await inTurns<number>(ids, times, worker, (what) => progress(`${workload.id}: ${what}`))
    const measured = bytesLines(workload, results)
    lines.push(...measured)
    print(bytesTable(workload.title, measured))
  }
  return lines
}

async function measureHitRatios({ print, progress }: Settings): Promise<readonly HitRatio[]> {
  const folder = process.env["HOLDFAST_TRACES"]
  const traces = [...generatedTraces(), ...(folder === undefined ? [] : await recordedTraces(folder))]
  const ratios: HitRatio[] = []
  for (const trace of traces) {
    progress(`${hitRatioId}: ${trace.id}`)
    ratios.push(...(await hitRatios(trace)))
  }
  print(hitRatioTable("hit ratio by what is evicted, in caches of 1, 5, 10 and 25 % of the keys", ratios))
  return ratios
}
