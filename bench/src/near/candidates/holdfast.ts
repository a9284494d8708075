import { createHoldfast } from "holdfast"
import { ttlMs, type NearCache, type NearCandidate } from "../candidate.ts"

/** On the store in the process, so that there is nothing but memory; its near cache is proved by definition, and costs no beats. */
async function open(local: { maxEntries: number } | false): Promise<NearCache> {
  const holdfast = createHoldfast({ namespace: "bench" })
  let row: { key: string; value: unknown } | undefined
  const cache = holdfast.cache({
    name: "product",
    ttl: { milliseconds: ttlMs },
    load: async (key: string) => (row?.key === key ? row.value : undefined),
    local,
  })
  return {
    set(key, value) {
      row = { key, value }
      return cache.get(key)
    },
    get: (key) => cache.get(key),
    close: async () => holdfast.close(),
  }
}

export const holdfastNear: NearCandidate = {
  id: "holdfast",
  open: async (maxEntries) => open({ maxEntries }),
  beneath: async () => open(false),
}
