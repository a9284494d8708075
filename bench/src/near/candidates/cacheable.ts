import { ttlMs, type NearCandidate } from "../candidate.ts"
import { importPeer } from "../peer-folder.ts"

interface Cacheable {
  get(key: string): Promise<unknown>
  set(key: string, value: unknown): Promise<unknown>
  disconnect(): Promise<void>
}

interface CacheableModule {
  readonly Cacheable: new (options: { primary: unknown; ttl: number }) => Cacheable
  createKeyv(options: { lruSize: number; ttl: number }): unknown
}

export const cacheable: NearCandidate = {
  id: "cacheable",
  async open(maxEntries) {
    const { Cacheable, createKeyv } = (await importPeer("cacheable")) as CacheableModule
    const cache = new Cacheable({ primary: createKeyv({ lruSize: maxEntries, ttl: ttlMs }), ttl: ttlMs })
    return {
      set: (key, value) => cache.set(key, value),
      get: (key) => cache.get(key),
      close: async () => cache.disconnect(),
    }
  },
}
