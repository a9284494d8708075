import type { NearCandidate } from "./candidate.ts"
import { keyOf, rowOf } from "./row.ts"
import type { BytesWorkload } from "./workload.ts"

/** What an entry adds to the memory of the process, key and value included. Needs `--expose-gc`. */
export async function bytesPerEntry(candidate: NearCandidate, { value, entries }: BytesWorkload): Promise<number> {
  await fill(candidate, value, 300)
  const before = await heldBytes()
  const cache = await fill(candidate, value, entries)
  const after = await heldBytes()
  const last = await cache.get(keyOf(entries - 1))
  if (last === undefined) throw new Error("an entry was not kept")
  await cache.close()
  return (after - before) / entries
}

async function fill(
  candidate: NearCandidate,
  value: BytesWorkload["value"],
  entries: number,
): ReturnType<NearCandidate["open"]> {
  const cache = await candidate.open(entries)
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
