import { presets } from "holdfast"
import type { Database } from "../database/database.ts"
import { findProduct, findProducts } from "../database/products.ts"
import type { CacheMaker } from "./cache-maker.ts"

/**
 * Products. Pattern: read-through, one by one and in batches, and write-through. Preset: `productCatalog`.
 *
 * Pages are read far more often than edited, and a miss loads one row once, however many callers ask. An edit goes
 * through `write`, so every read that starts after it has resolved sees it, although the ttl is ten minutes. Ids that do
 * not exist are remembered too (a negative entry), so a crawler's 404s do not reach the database.
 *
 * Lists of products (`getMany`) share the entries with the product pages, and load what they miss by one query. Single
 * reads are not gathered (`batch`): a page asks for one product, and a miss alone is answered sooner by `load`.
 *
 * No tags: what else shows a product has the tag of its category, and a tag of one product would say nothing that its key
 * does not say better.
 */
export function productCache(holdfast: CacheMaker, database: Database) {
  return holdfast.cache({
    name: "product",
    ...presets.productCatalog,
    load: (id: number, { signal }) => findProduct(database, id, signal),
    loadMany: (ids, { signal }) => findProducts(database, ids, signal),
    keyOf: (product) => product.id,
    version: (product) => product.version,
  })
}
