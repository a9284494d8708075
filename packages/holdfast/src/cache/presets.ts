/** Pages, images and texts that change with a release: a day, and another day while the source is away. */
const staticContent = { ttl: "24h", grace: "24h", jitter: "10%", negativeTtl: "5m" } as const

/** A person's profile: read often, changed by its owner, who expects to see the change at once (write through the cache). */
const userProfile = { ttl: "30m", grace: "30m", jitter: "20%", negativeTtl: "30s" } as const

/** Products and categories: between 5 and 15 minutes, and served on while the database is away. */
const productCatalog = { ttl: "10m", grace: "1h", jitter: "20%", negativeTtl: "30s" } as const

/** Prices and stock: under a minute, with no stale serving, because an old price is a wrong price. */
const priceInventory = { ttl: "45s", jitter: "10%", negativeTtl: "5s", loadTimeout: "5s" } as const

/** Session data: half an hour from the last time it was stored; never remembered as absent. */
const session = { ttl: "30m", jitter: "0%", negativeTtl: false } as const

/** Feature flags and settings: short, and the last known good value for a day when their source is away. */
const configuration = { ttl: "30s", grace: "24h", jitter: "10%", negativeTtl: "30s" } as const

/** Ready-made policies: plain objects to spread into a cache's options and to override. */
export const presets: {
  readonly staticContent: typeof staticContent
  readonly userProfile: typeof userProfile
  readonly productCatalog: typeof productCatalog
  readonly priceInventory: typeof priceInventory
  readonly session: typeof session
  readonly configuration: typeof configuration
} = { staticContent, userProfile, productCatalog, priceInventory, session, configuration }
