import { presets } from "holdfast"
import type { Database } from "../database/database.ts"
import { searchProducts } from "../database/products.ts"
import type { CacheMaker } from "./cache-maker.ts"

/**
 * Search results. Pattern: read-through, bounded by the ttl alone. Preset: `priceInventory`, with grace.
 *
 * Nobody can say which of all searches an edit touches, and a result that is 45 seconds old harms nobody: so nothing
 * invalidates them. With grace, a popular search is served at once while one caller refreshes it in the background.
 */
export function searchCache(holdfast: CacheMaker, database: Database) {
  return holdfast.cache({
    name: "search",
    ...presets.priceInventory,
    grace: "5m",
    load: (phrase: string, { signal }) => searchProducts(database, phrase, signal),
  })
}
