import { presets } from "holdfast"
import type { Database } from "../database/database.ts"
import { findOffer } from "../database/offers.ts"
import type { CacheMaker } from "./cache-maker.ts"

/**
 * Price and stock. Pattern: read-through and write-through. Preset: `priceInventory`.
 *
 * Kept apart from the product because it changes all day: a checkout must not throw away the description. The row's
 * version forbids that two overlapping writers leave the older price behind. The ttl is short because other programs,
 * such as the warehouse's, may change stock without telling the cache.
 */
export function offerCache(holdfast: CacheMaker, database: Database) {
  return holdfast.cache({
    name: "offer",
    ...presets.priceInventory,
    load: (productId: number, { signal }) => findOffer(database, productId, signal),
    version: (offer) => offer.version,
  })
}
