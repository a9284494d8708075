import { Redis } from "ioredis"
import { createClient } from "redis"
import type { Candidate, Reading } from "../candidate.ts"
import { rowOf, type Row, type Workload } from "../workload.ts"

/** The least that a client must do for hand-written cache-aside. */
interface PlainClient {
  get(key: string): Promise<string | null>
  setWithTtl(key: string, value: string): Promise<unknown>
  close(): Promise<unknown>
}

function cacheAside(client: PlainClient, { kind, bytes }: Workload): Reading {
  const prefix = `raw:${kind}:${bytes}:`
  return {
    async read(n) {
      const stored = await client.get(prefix + n)
      if (stored !== null) return (JSON.parse(stored) as Row).id
      const row = await load(n, bytes)
      await client.setWithTtl(prefix + n, JSON.stringify(row))
      return row.id
    },
    close: async () => void (await client.close()),
  }
}

async function load(n: number, bytes: number): Promise<Row> {
  return rowOf(n, bytes)
}

/** node-redis with its own per-command timeout off, which is its fastest setting. */
export const handWrittenNodeRedis: Candidate = {
  id: "hand-written node-redis",
  peer: undefined,
  async open(url, workload) {
    const client = createClient({ url, commandOptions: { timeout: 0 } })
    client.on("error", () => {})
    await client.connect()
    return cacheAside(
      {
        get: (key) => client.get(key),
        setWithTtl: (key, value) => client.set(key, value, { expiration: { type: "EX", value: 600 } }),
        close: () => client.close(),
      },
      workload,
    )
  },
}

export const handWrittenIoredis: Candidate = {
  id: "hand-written ioredis",
  peer: undefined,
  async open(url, workload) {
    const client = new Redis(url, { lazyConnect: true })
    client.on("error", () => {})
    await client.connect()
    return cacheAside(
      {
        get: (key) => client.get(key),
        setWithTtl: (key, value) => client.set(key, value, "EX", 600),
        close: () => client.quit(),
      },
      workload,
    )
  },
}
