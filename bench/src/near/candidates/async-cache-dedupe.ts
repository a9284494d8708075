import { nothingToClose, ttlMs, type NearCandidate } from "../candidate.ts"
import { importPeer } from "../peer-folder.ts"

interface Dedupe {
  define(name: "row", load: (key: string) => Promise<unknown>): void
  row(key: string): Promise<unknown>
}

type Options = { ttl: number; storage: { type: "memory"; options: { size: number } } }

/** Its only way in is a load. */
export const asyncCacheDedupe: NearCandidate = {
  id: "async-cache-dedupe",
  async open(maxEntries) {
    const { createCache } = (await importPeer("async-cache-dedupe")) as { createCache(options: Options): Dedupe }
    const cache = createCache({ ttl: ttlMs / 1000, storage: { type: "memory", options: { size: maxEntries } } })
    let loaded: unknown
    cache.define("row", async () => loaded)
    return {
      set(key, value) {
        loaded = value
        return cache.row(key)
      },
      get: (key) => cache.row(key),
      close: nothingToClose,
    }
  },
}
