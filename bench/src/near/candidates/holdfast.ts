import { createHoldfast } from "holdfast"
import { ttlMs, type NearCache, type NearCandidate } from "../candidate.ts"
import { keyOf } from "../row.ts"

/** On the store in the process, so that there is nothing but memory; its near cache is proved by definition, and costs no beats. */
async function open(local: { maxEntries: number } | false, tags?: (key: string) => string[]): Promise<NearCache> {
  const holdfast = createHoldfast({ namespace: "bench" })
  let row: { key: string; value: unknown } | undefined
  const cache = holdfast.cache({
    name: "product",
    ttl: { milliseconds: ttlMs },
    load: async (key: string) => (row?.key === key ? row.value : undefined),
    local,
    ...(tags && { tags: (_row: unknown, key: string) => tags(key) }),
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

/** One tag of a hundred, which many entries share, and one of a thousand. */
function twoTagsOf(key: string): string[] {
  const number = Number(key.slice(keyOf(0).length - 1))
  return [`category-${number % 100}`, `brand-${number % 1000}`]
}

export const holdfastWithTags: NearCandidate = {
  id: "holdfast, two tags",
  open: async (maxEntries) => open({ maxEntries }, twoTagsOf),
  beneath: async () => open(false, twoTagsOf),
}

export const holdfastNear: NearCandidate = {
  id: "holdfast",
  open: async (maxEntries) => open({ maxEntries }),
  beneath: async () => open(false),
}
