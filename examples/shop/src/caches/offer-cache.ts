import { presets } from "holdfast"
import type { Database } from "../database/database.ts"
import { findOffer } from "../database/offers.ts"
import type { CacheMaker } from "./cache-maker.ts"

/**
 * Price and stock. Pattern: read-through and write-through, strict. Preset: `priceInventory`. No near cache.
 *
 * Kept apart from the product because it changes all day: a checkout must not throw away the description. Strict, because
 * people decide by it: a read that begins after a change has committed never shows what was before, in any process, even if
 * the one that made the change dies before it has told the cache. The price is a round trip for each hit, reads from the
 * database while an offer is being changed, and that changes are refused while the cache cannot be told (`503`; nothing was
 * changed, try again). Reads are never refused.
 *
 * The term is three seconds and not the five of the default, because nothing is stored of an offer before one term has passed
 * since the cache first knew of it, and the phases of the demo are short.
 *
 * So every change goes through `write`, in a transaction that the database ends well within the window: see
 * `http/offer-change.ts`. A program that changes stock without it, such as a warehouse's, is bounded by the ttl alone.
 */
export function offerCache(holdfast: CacheMaker, database: Database) {
  return holdfast.cache({
    name: "offer",
    ...presets.priceInventory,
    consistency: "strict",
    windowTerm: "3s",
    local: false,
    load: (productId: number, { signal }) => findOffer(database, productId, signal),
    version: (offer) => offer.version,
  })
}
