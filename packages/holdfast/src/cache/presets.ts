/** Ready-made policies: plain objects to spread into a cache's options and to override. */
export const presets = {
  /** Pages, images and texts that change with a release: a day, and another day while the source is away. */
  staticContent: { ttl: "24h", grace: "24h", jitter: "10%", negativeTtl: "5m", local: { maxStaleness: "10s" } },
  /** A person's profile: read often, changed by its owner, who expects to see the change at once (write through the cache). */
  userProfile: { ttl: "30m", grace: "30m", jitter: "20%", negativeTtl: "30s" },
  /** Products and categories: between 5 and 15 minutes, and served on while the database is away. */
  productCatalog: { ttl: "10m", grace: "1h", jitter: "20%", negativeTtl: "30s" },
  /** Prices and stock: under a minute, with no stale serving, and changes of other processes seen within half a second. */
  priceInventory: { ttl: "45s", jitter: "10%", negativeTtl: "5s", loadTimeout: "5s", local: { maxStaleness: "500ms" } },
  /** Session data: half an hour from the last time it was read or stored, twelve hours in all; a logout is seen by the next read everywhere. Without `load`, read by `lookup`. */
  session: { ttl: "30m", sliding: { absoluteTtl: "12h" }, jitter: "0%", negativeTtl: false, local: false },
  /** Feature flags and settings: short, and the last known good value for a day when their source is away. */
  configuration: { ttl: "30s", grace: "24h", jitter: "10%", negativeTtl: "30s" },
} as const
