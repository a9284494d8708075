import { presets } from "holdfast"
import { findCategoryPage, listCategories } from "../database/categories.ts"
import type { Database } from "../database/database.ts"
import type { CacheMaker } from "./cache-maker.ts"

/**
 * The category tree. Pattern: read-through. Preset: `staticContent`.
 *
 * It changes with a release, not with a request: a day is fine, and one entry serves everybody.
 */
export function categoryTreeCache(holdfast: CacheMaker, database: Database) {
  return holdfast.cache({
    name: "category-tree",
    ...presets.staticContent,
    load: (_tree: "all", { signal }) => listCategories(database, signal),
  })
}

/**
 * Category pages. Pattern: read-through, invalidated by those who change what is on the page. Preset: `productCatalog`.
 *
 * A page is made of many rows, so an edit cannot hand over the new page: it says which page is old (`invalidate`), and the
 * next reader loads it. A load that began before the edit cannot put the old page back.
 */
export function categoryPageCache(holdfast: CacheMaker, database: Database) {
  return holdfast.cache({
    name: "category-page",
    ...presets.productCatalog,
    load: (id: number, { signal }) => findCategoryPage(database, id, signal),
    version: (page) => page.version,
  })
}
