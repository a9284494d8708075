import type { Caches } from "./caches.ts"

/** The name of a cache in {@link Caches}. */
export type CacheName = keyof Caches

/** How each resource is cached: the header `x-cache-pattern` and the list of endpoints say it. */
export const cachePatterns: Readonly<Record<CacheName, string>> = {
  products: "read-through, also in batches, write-through; productCatalog",
  offers: "read-through, write-through, strict, no near cache; priceInventory",
  categoryTree: "read-through; staticContent",
  categoryPages: "read-through, invalidated by the tag of the category; productCatalog",
  profiles: "read-through, write-through, invalidated by checkouts, no near cache; userProfile",
  searches: "read-through, bounded by ttl; priceInventory with grace",
  flags: "read-through, refreshed ahead, write-through; configuration",
  quotes: "read-through, stale on error; ttl 10m, grace 1h",
}
