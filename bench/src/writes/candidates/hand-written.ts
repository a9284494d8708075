import { Redis } from "ioredis"
import { createClient } from "redis"
import type { Candidate, Writing } from "../candidate.ts"
import type { Row, Source } from "../workload.ts"

/** The least that a client must do for hand-written cache-aside. */
interface PlainClient {
  get(key: string): Promise<string | null>
  setWithTtl(key: string, value: string): Promise<unknown>
  del(keys: readonly string[]): Promise<unknown>
  close(): Promise<unknown>
}

/** Changes the source, then deletes what is cached of it. */
function updateAndDelete(client: PlainClient, source: Source): Writing {
  const keyOf = (id: number): string => `raw:${id}`
  return {
    async write(id) {
      await source.update(id)
      await client.del([keyOf(id)])
    },
    async writeMany(ids) {
      await source.updateMany(ids)
      await client.del(ids.map(keyOf))
    },
    async read(id) {
      const stored = await client.get(keyOf(id))
      if (stored !== null) return JSON.parse(stored) as Row
      const row = await source.load(id)
      await client.setWithTtl(keyOf(id), JSON.stringify(row))
      return row
    },
    close: async () => void (await client.close()),
  }
}

const kinds = ["write", "many", "mixed"] as const

/** node-redis with its own per-command timeout off, which is its fastest setting. */
export const handWrittenNodeRedis: Candidate = {
  id: "update + DEL, node-redis",
  peer: undefined,
  kinds,
  async open(url, source) {
    const client = createClient({ url, commandOptions: { timeout: 0 } })
    client.on("error", () => {})
    await client.connect()
    const plain: PlainClient = {
      get: (key) => client.get(key),
      setWithTtl: (key, value) => client.set(key, value, { expiration: { type: "EX", value: 600 } }),
      del: (keys) => client.del([...keys]),
      close: () => client.close(),
    }
    return updateAndDelete(plain, source)
  },
}

export const handWrittenIoredis: Candidate = {
  id: "update + DEL, ioredis",
  peer: undefined,
  kinds,
  async open(url, source) {
    const client = new Redis(url, { lazyConnect: true })
    client.on("error", () => {})
    await client.connect()
    const plain: PlainClient = {
      get: (key) => client.get(key),
      setWithTtl: (key, value) => client.set(key, value, "EX", 600),
      del: (keys) => client.del(...keys),
      close: () => client.quit(),
    }
    return updateAndDelete(plain, source)
  },
}
