import type { NearCache, NearCandidate } from "./candidate.ts"
import { keyOf, rowOf, type Row } from "./row.ts"
import type { BytesWorkload } from "./workload.ts"

/** What an entry adds to the memory of the process, key and value included. Needs `--expose-gc`. */
export async function bytesPerEntry(candidate: NearCandidate, workload: BytesWorkload): Promise<number> {
  const beneath = candidate.beneath && (await held(candidate.beneath, workload))
  const whole = await held(candidate.open, workload)
  return (whole - (beneath ?? 0)) / workload.entries
}

async function held(open: NearCandidate["open"], { value, entries }: BytesWorkload): Promise<number> {
  await warmUp(open, value, entries)
  const before = await heldBytes()
  const cache = await filled(open, value, entries)
  const after = await heldBytes()
  if ((await cache.get(keyOf(entries - 1))) === undefined) throw new Error("an entry was not kept")
  await cache.close()
  return after - before
}

/** What runs for the first time is compiled, which takes memory too. A call of its own, so that nothing of it is still referred to. */
async function warmUp(open: NearCandidate["open"], value: Row, entries: number): Promise<void> {
  const cache = await filled(open, value, entries)
  await cache.close()
}

async function filled(open: NearCandidate["open"], value: Row, entries: number): Promise<NearCache> {
  const cache = await open(entries)
  for (let n = 0; n < entries; n++) await cache.set(keyOf(n), rowOf(value, n))
  return cache
}

async function heldBytes(): Promise<number> {
  for (let times = 0; times < 6; times++) {
    globalThis.gc?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
