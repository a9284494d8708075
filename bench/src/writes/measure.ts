import { setTimeout as sleep } from "node:timers/promises"
import { runLoad, type Measurement } from "../load.ts"
import type { Candidate, Writing } from "./candidate.ts"
import { rowsTogether, Source, writeShare, type Workload } from "./workload.ts"

/** What one candidate did in one round. */
export interface WriteMeasurement extends Measurement {
  /** Share of the reads that the source answered; 0 if nothing was read. */
  readonly sourceShare: number
}

/** Reads of a key whose record is new go to the source for one term of a strict cache. */
const settleMs = 1100

/** Runs a workload for `seconds` after writing and reading every row and a warm-up, with the process to itself. */
export async function measure(
  candidate: Candidate,
  workload: Workload,
  url: string,
  seconds: number,
): Promise<WriteMeasurement> {
  const source = new Source(workload)
  const writing = await candidate.open(url, source)
  const counts = { reads: 0 }
  const request = requestOf(workload, writing, counts)
  await readAll(writing, workload.rows)
  await sleep(settleMs)
  await readAll(writing, workload.rows)
  await runLoad(request, { inFlight: workload.inFlight, seconds: 0.5 })
  counts.reads = 0
  source.loads = 0
  const measured = await runLoad(request, { inFlight: workload.inFlight, seconds })
  await writing.close()
  return { ...measured, sourceShare: counts.reads === 0 ? 0 : source.loads / counts.reads }
}

async function readAll({ read }: Writing, rows: number): Promise<void> {
  for (let from = 0; from < rows; from += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, at) => read(from + at)))
  }
}

function requestOf({ kind, rows }: Workload, writing: Writing, counts: { reads: number }): () => Promise<void> {
  const draw = (): number => Math.floor(Math.random() * rows)
  const write = async (): Promise<void> => void (await writing.write(draw()))
  if (kind === "write") return write
  if (kind === "mixed") {
    return async () => {
      if (Math.random() < writeShare) return write()
      counts.reads += 1
      await writing.read(draw())
    }
  }
  return async () => {
    const first = draw()
    await writing.writeMany(Array.from({ length: rowsTogether }, (_, at) => (first + at) % rows))
  }
}
