import type { Caches } from "./caches.ts"

/** The name of a cache in {@link Caches}. */
export type CacheName = keyof Caches

/** How each resource is cached: the header `x-cache-pattern` and the list of endpoints say it. */
export const cachePatterns: Readonly<Record<CacheName, string>> = {
  products: "read-through, write-through; productCatalog",
  offers: "read-through, write-through; priceInventory",
  categoryTree: "read-through; staticContent",
  categoryPages: "read-through, invalidated on edit; productCatalog",
  profiles: "read-through, write-through, invalidated by checkouts; userProfile",
  searches: "read-through, bounded by ttl; priceInventory with grace",
  flags: "read-through, write-through; configuration",
  quotes: "read-through, stale on error; ttl 10m, grace 1h",
}
