import { presets } from "holdfast"
import type { Database } from "../database/database.ts"
import { searchProducts } from "../database/products.ts"
import type { CacheMaker } from "./cache-maker.ts"

/**
 * Search results. Pattern: read-through, bounded by the ttl alone. Preset: `priceInventory`, with grace.
 *
 * Nobody can say which of all searches an edit touches, and a result that is 45 seconds old harms nobody: so nothing
 * invalidates them. With grace, a popular search is served at once while one caller refreshes it in the background.
 *
 * No tags, although results are of categories. The tags of what a result shows do not reach the results that a change would
 * bring a product into: that promise would have a hole. And an edit changes the description, which no result shows: each
 * would throw away many results that are still right, for 20 hits of up to 20 categories, whose tags every entry would
 * carry.
 */
export function searchCache(holdfast: CacheMaker, database: Database) {
  return holdfast.cache({
    name: "search",
    ...presets.priceInventory,
    grace: "5m",
    load: (phrase: string, { signal }) => searchProducts(database, phrase, signal),
  })
}
