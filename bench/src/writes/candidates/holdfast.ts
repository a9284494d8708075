import { createHoldfast } from "holdfast"
import { Redis } from "ioredis"
import { createClient } from "redis"
import type { Candidate, Writing } from "../candidate.ts"
import type { Kind, Row, Source } from "../workload.ts"
import { handWrittenIoredis, handWrittenNodeRedis } from "./hand-written.ts"

/** What is done around the change of the source. */
type Way = "write" | "strict write" | "invalidate"

async function throughHoldfast(redis: unknown, way: Way, source: Source): Promise<Writing> {
  const holdfast = createHoldfast({ redis, namespace: "bench" })
  const cache = holdfast.cache({
    name: way.replace(" ", "-"),
    ttl: "10m",
    local: false,
    ...(way === "strict write" && ({ consistency: "strict", windowTerm: "1s" } as const)),
    load: (id: number) => source.load(id),
  })
  while (!(await holdfast.health()).nodes.some(({ ok }) => ok)) await new Promise((resolve) => setTimeout(resolve, 5))
  const invalidate = async (id: number): Promise<Row> => {
    const row = await source.update(id)
    await cache.invalidate(id)
    return row
  }
  return {
    write: way === "invalidate" ? invalidate : (id) => cache.write(id, () => source.update(id)),
    writeMany: (ids) => cache.writeMany(ids, () => source.updateMany(ids)),
    read: (id) => cache.get(id),
    close: () => holdfast.close(),
  }
}

const ways: readonly (readonly [Way, readonly Kind[]])[] = [
  ["invalidate", ["write"]],
  ["write", ["write", "many", "mixed"]],
  ["strict write", ["write", "many", "mixed"]],
]

export const holdfastNodeRedis: readonly Candidate[] = ways.map(([way, kinds]) => ({
  id: `holdfast ${way}, node-redis`,
  peer: handWrittenNodeRedis.id,
  kinds,
  open: (url, source) => throughHoldfast(createClient({ url }), way, source),
}))

export const holdfastIoredis: readonly Candidate[] = ways.map(([way, kinds]) => ({
  id: `holdfast ${way}, ioredis`,
  peer: handWrittenIoredis.id,
  kinds,
  open: (url, source) => throughHoldfast(new Redis(url, { lazyConnect: true }), way, source),
}))
