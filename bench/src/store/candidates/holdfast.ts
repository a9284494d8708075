import { createHoldfast } from "holdfast"
import { Redis } from "ioredis"
import { createClient } from "redis"
import type { Candidate, Reading } from "../candidate.ts"
import { rowOf, type Workload } from "../workload.ts"

async function throughHoldfast(redis: unknown, { kind, bytes }: Workload): Promise<Reading> {
  const holdfast = createHoldfast({ redis, namespace: "bench" })
  const load = async (n: number): Promise<ReturnType<typeof rowOf>> => rowOf(n, bytes)
  const cache = holdfast.cache({ name: `${kind}-${bytes}`, ttl: "10m", load, local: false })
  while (!(await holdfast.health()).nodes.some(({ ok }) => ok)) await new Promise((resolve) => setTimeout(resolve, 5))
  return {
    read: async (n) => (await cache.get(n))?.id ?? 0,
    close: async () => {
      const { hits, misses, fills } = cache.stats()
      process.stderr.write(`  holdfast: ${hits} hits, ${misses} misses, ${fills} fills\n`)
      await holdfast.close()
    },
  }
}

export const holdfastNodeRedis: Candidate = {
  id: "holdfast on node-redis",
  peer: "hand-written node-redis",
  open: (url, workload) => throughHoldfast(createClient({ url }), workload),
}

export const holdfastIoredis: Candidate = {
  id: "holdfast on ioredis",
  peer: "hand-written ioredis",
  open: (url, workload) => throughHoldfast(new Redis(url, { lazyConnect: true }), workload),
}
