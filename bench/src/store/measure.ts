import { runLoad, type Measurement } from "../load.ts"
import type { Candidate } from "./candidate.ts"
import { hitKeys, type Workload } from "./workload.ts"

/** Runs a workload for `seconds` after filling and a warm-up, with the process to itself. */
export async function measure(
  candidate: Candidate,
  workload: Workload,
  url: string,
  seconds: number,
): Promise<Measurement> {
  const { read, close } = await candidate.open(url, workload)
  const nextKey = workload.kind === "hit" ? uniform(hitKeys) : counter(process.pid * 1_000_000)
  const request = async (): Promise<void> => {
    const n = nextKey()
    if ((await read(n)) !== n) throw new Error("a read answered another row")
  }
  if (workload.kind === "hit") await fill(read, hitKeys)
  await runLoad(request, { inFlight: workload.inFlight, seconds: 0.5 })
  const measured = await runLoad(request, { inFlight: workload.inFlight, seconds })
  await close()
  return measured
}

async function fill(read: (n: number) => Promise<number>, keys: number): Promise<void> {
  for (let from = 0; from < keys; from += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, n) => read(from + n)))
  }
}

function uniform(keys: number): () => number {
  return () => Math.floor(Math.random() * keys)
}

function counter(from: number): () => number {
  let n = from
  return () => n++
}
