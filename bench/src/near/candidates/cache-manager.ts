import { ttlMs, type NearCandidate } from "../candidate.ts"
import { importPeer } from "../peer-folder.ts"

interface Manager {
  get(key: string): Promise<unknown>
  set(key: string, value: unknown): Promise<unknown>
  disconnect(): Promise<unknown>
}

/** With its default store, a Map without bounds. */
export const cacheManager: NearCandidate = {
  id: "cache-manager (no bound)",
  async open() {
    const { createCache } = (await importPeer("cache-manager")) as { createCache(options: { ttl: number }): Manager }
    const cache = createCache({ ttl: ttlMs })
    return {
      set: (key, value) => cache.set(key, value),
      get: (key) => cache.get(key),
      close: async () => void (await cache.disconnect()),
    }
  },
}
