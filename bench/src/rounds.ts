import { execFile } from "node:child_process"
import { promisify } from "node:util"
import type { Candidate } from "./candidate.ts"
import type { Measurement } from "./measure.ts"
import type { Workload } from "./workload.ts"

const run = promisify(execFile)

/** All rounds of one workload: candidates take turns, so that a change of the machine's load meets all of them. */
export async function rounds(
  candidates: readonly Candidate[],
  workload: Workload,
  options: { url: string; rounds: number; seconds: number; onRound: (done: string) => void },
): Promise<ReadonlyMap<string, readonly Measurement[]>> {
  const results = new Map<string, Measurement[]>(candidates.map(({ id }) => [id, []]))
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const { id } of candidates) {
      options.onRound(`${workload.id}: round ${round} of ${options.rounds}, ${id}`)
      results.get(id)?.push(await measuredApart(id, workload, options))
    }
  }
  return results
}

async function measuredApart(
  id: string,
  workload: Workload,
  options: { url: string; seconds: number },
): Promise<Measurement> {
  const entry = new URL("./round.js", import.meta.url).pathname
  const { stdout } = await run(process.execPath, [entry, id, workload.id, options.url, String(options.seconds)])
  return JSON.parse(stdout) as Measurement
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)] ?? Number.NaN
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper
}
