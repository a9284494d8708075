import { presets } from "holdfast"
import type { Database } from "../database/database.ts"
import { findProduct } from "../database/products.ts"
import type { CacheMaker } from "./cache-maker.ts"

/**
 * Products. Pattern: read-through and write-through. Preset: `productCatalog`.
 *
 * Pages are read far more often than edited, and a miss loads one row once, however many callers ask. An edit goes
 * through `write`, so every read that starts after it has resolved sees it, although the ttl is ten minutes. Ids that do
 * not exist are remembered too (a negative entry), so a crawler's 404s do not reach the database.
 */
export function productCache(holdfast: CacheMaker, database: Database) {
  return holdfast.cache({
    name: "product",
    ...presets.productCatalog,
    load: (id: number, { signal }) => findProduct(database, id, signal),
    version: (product) => product.version,
  })
}
