import type { Candidate } from "./candidate.ts"
import { hitKeys, type Workload } from "./workload.ts"

/** What one candidate did in one round. */
export interface Measurement {
  readonly opsPerSecond: number
  /** CPU time of this process per request, in microseconds. */
  readonly cpuUs: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Latency is taken of every 16th request: taking it of all would be a cost of its own. */
const sampleEvery = 16

/** Runs a workload for `seconds` after filling and a warm-up, with the process to itself. */
export async function measure(
  candidate: Candidate,
  workload: Workload,
  url: string,
  seconds: number,
): Promise<Measurement> {
  const reading = await candidate.open(url, workload)
  const nextKey = workload.kind === "hit" ? uniform(hitKeys) : counter(process.pid * 1_000_000)
  if (workload.kind === "hit") await fill(reading.read, hitKeys)
  await run(reading.read, nextKey, workload.inFlight, 0.5)
  const measured = await run(reading.read, nextKey, workload.inFlight, seconds)
  await reading.close()
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

async function run(
  read: (n: number) => Promise<number>,
  nextKey: () => number,
  inFlight: number,
  seconds: number,
): Promise<Measurement> {
  const latencies: number[] = []
  const cpu = process.cpuUsage()
  const startedMs = performance.now()
  const untilMs = startedMs + seconds * 1000
  let ops = 0
  async function worker(): Promise<void> {
    while (performance.now() < untilMs) {
      ops += 1
      const sampled = ops % sampleEvery === 0
      const fromMs = sampled ? performance.now() : 0
      const n = nextKey()
      if ((await read(n)) !== n) throw new Error("a read answered another row")
      if (sampled) latencies.push(performance.now() - fromMs)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  const tookMs = performance.now() - startedMs
  const { user, system } = process.cpuUsage(cpu)
  latencies.sort((a, b) => a - b)
  return {
    opsPerSecond: (ops / tookMs) * 1000,
    cpuUs: (user + system) / ops,
    p50Ms: latencies[Math.floor(latencies.length * 0.5)] ?? 0,
    p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
  }
}
