import { nothingToClose, ttlMs, type NearCandidate } from "../candidate.ts"
import { importPeer } from "../peer-folder.ts"

export interface LruCache {
  set(key: string, value: unknown): unknown
  get(key: string): unknown
}

/** The module `lru-cache`, version 11. */
export async function importLruCache(): Promise<new (options: { max: number; ttl?: number }) => LruCache> {
  const { LRUCache } = (await importPeer("lru-cache")) as {
    LRUCache: new (options: { max: number; ttl?: number }) => LruCache
  }
  return LRUCache
}

/** What ratios are taken against: the fastest map that expires and evicts, behind the promise that every reader has to await. */
export const lruCacheWithTtl: NearCandidate = {
  id: "lru-cache with ttl",
  async open(maxEntries) {
    const cache = new (await importLruCache())({ max: maxEntries, ttl: ttlMs })
    return {
      set: async (key, value) => cache.set(key, value),
      get: async (key) => cache.get(key),
      close: nothingToClose,
    }
  },
}
