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
 *
 * With a near cache: where several processes serve, one may show a price that another has changed up to two seconds ago.
 * That is bearable because nothing is sold by it: a checkout takes price and stock from the database, in one transaction.
 */
export function offerCache(holdfast: CacheMaker, database: Database) {
  return holdfast.cache({
    name: "offer",
    ...presets.priceInventory,
    load: (productId: number, { signal }) => findOffer(database, productId, signal),
    version: (offer) => offer.version,
  })
}
