import { nothingToClose, ttlMs, type NearCandidate } from "../candidate.ts"
import { importPeer } from "../peer-folder.ts"

export interface LruCache {
  set(key: string, value: unknown): unknown
  get(key: string): unknown
}

type Options = { max: number; ttl?: number; ttlResolution?: number }

/** The module `lru-cache`, version 11. */
export async function importLruCache(): Promise<new (options: Options) => LruCache> {
  const { LRUCache } = (await importPeer("lru-cache")) as { LRUCache: new (options: Options) => LruCache }
  return LRUCache
}

/** What ratios are taken against: the fastest map that expires and evicts, behind the promise that every reader has to await. */
export const lruCacheWithTtl: NearCandidate = lruCache("lru-cache with ttl", {})

/** The same, but it reads the clock on every hit, and not once per millisecond at most: nothing is served past its ttl. */
export const exactLruCache: NearCandidate = lruCache("lru-cache, exact ttl", { ttlResolution: 0 })

function lruCache(id: string, options: { ttlResolution?: number }): NearCandidate {
  return {
    id,
    async open(maxEntries) {
      const cache = new (await importLruCache())({ max: maxEntries, ttl: ttlMs, ...options })
      return {
        set: async (key, value) => cache.set(key, value),
        get: async (key) => cache.get(key),
        close: nothingToClose,
      }
    },
  }
}
