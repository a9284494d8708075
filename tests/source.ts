import { createClient } from "redis"

/** A system of record that holds one number per key: its version, which every change raises by one. */
export interface Source {
  /** 0: not there. */
  read(key: string): Promise<number>
  /** Commits one change and answers its version. */
  commit(key: string): Promise<number>
  countLoad(key: string): Promise<void>
  /** Loads so far, by everybody. */
  loads(key: string): Promise<number>
  /** Notes that the cache knows of this version, as the process that made it was told. */
  acknowledge(key: string, version: number): Promise<void>
  /** The last version that was noted; 0: none. */
  acknowledged(key: string): Promise<number>
  /** Idempotent. */
  close(): Promise<void>
}

/** A source in this process. */
export function memorySource(): Source {
  const versions = new Map<string, number>()
  const loads = new Map<string, number>()
  const acknowledged = new Map<string, number>()
  const raise = (numbers: Map<string, number>, key: string): number => {
    const next = (numbers.get(key) ?? 0) + 1
    numbers.set(key, next)
    return next
  }
  return {
    read: async (key) => versions.get(key) ?? 0,
    commit: async (key) => raise(versions, key),
    countLoad: async (key) => void raise(loads, key),
    loads: async (key) => loads.get(key) ?? 0,
    acknowledge: async (key, version) => void acknowledged.set(key, version),
    acknowledged: async (key) => acknowledged.get(key) ?? 0,
    close: async () => {},
  }
}

/** A source that several processes share, outside the caches' namespace. */
export async function redisSource(url: string): Promise<Source> {
  const redis = createClient({ url })
  redis.on("error", () => {})
  await redis.connect()
  return {
    read: async (key) => Number(await redis.get(`source:${key}`)),
    commit: (key) => redis.incr(`source:${key}`),
    countLoad: async (key) => void (await redis.incr(`loads:${key}`)),
    loads: async (key) => Number(await redis.get(`loads:${key}`)),
    acknowledge: async (key, version) => void (await redis.set(`acknowledged:${key}`, version)),
    acknowledged: async (key) => Number(await redis.get(`acknowledged:${key}`)),
    close: async () => void (redis.isOpen && redis.destroy()),
  }
}
