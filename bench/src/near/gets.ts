import type { NearCache, NearCandidate } from "./candidate.ts"
import { keyOf, rowOf, type KeyHead } from "./row.ts"
import { storedKeys, type GetWorkload } from "./workload.ts"
import { seeded, zipf } from "./zipf.ts"

/** What one candidate did in one round. */
export interface GetMeasurement {
  readonly opsPerSecond: number
  /** CPU time of the process per get, in nanoseconds. */
  readonly cpuNs: number
}

const draws = 2 ** 17
/** After so many the event loop has its turn, as it has in a service: timers run, and clocks that were read in advance move on. */
const perTurn = 1_000

/** Awaits one get after the other, all of them hits, for `seconds` after a warm-up. */
export async function measureGets(
  candidate: NearCandidate,
  workload: GetWorkload,
  seconds: number,
): Promise<GetMeasurement> {
  const cache = await candidate.open(storedKeys)
  for (let n = 0; n < storedKeys; n++) await cache.set(keyOf(n, workload.head), rowOf("text", n))
  const keys = workload.keys === "one" ? [keyOf(42, workload.head)] : zipfKeys(workload.head)
  await run(cache, keys, 1)
  const measured = await run(cache, keys, seconds)
  await cache.close()
  return measured
}

function zipfKeys(head: KeyHead): string[] {
  const draw = zipf(storedKeys, 1, seeded(1))
  // The very texts again and again, as with keys that a service has at hand: no peer pays for hashing a new text.
  const texts = Array.from({ length: storedKeys }, (_, n) => keyOf(n, head))
  return Array.from({ length: draws }, () => texts[draw()] as string)
}

async function run(cache: NearCache, keys: readonly string[], seconds: number): Promise<GetMeasurement> {
  const cpu = process.cpuUsage()
  const startedMs = performance.now()
  const untilMs = startedMs + seconds * 1000
  let ops = 0
  while (performance.now() < untilMs) {
    for (let left = perTurn; left > 0; left--) {
      if ((await cache.get(keys[ops++ % keys.length] as string)) === undefined) throw new Error("a get missed")
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  const tookMs = performance.now() - startedMs
  const { user, system } = process.cpuUsage(cpu)
  return { opsPerSecond: (ops / tookMs) * 1000, cpuNs: ((user + system) / ops) * 1000 }
}
