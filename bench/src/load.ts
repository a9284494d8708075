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

/** Keeps so many requests in flight for `seconds`. */
export async function runLoad(
  request: () => Promise<void>,
  { inFlight, seconds }: { readonly inFlight: number; readonly seconds: number },
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
      await request()
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
