import { presets } from "holdfast"
import { findCategoryPage, listCategories } from "../database/categories.ts"
import type { PageOrder } from "../database/categories.ts"
import type { Database } from "../database/database.ts"
import type { CacheMaker } from "./cache-maker.ts"

/** The tag of everything that is made of what is in a category. */
export function categoryTag(id: number): string {
  return `category:${id}`
}

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
 * Category pages. Pattern: read-through, invalidated by the tag of their category. Preset: `productCatalog`.
 *
 * A page is made of many rows, so an edit cannot hand over the new page; and a category has several, one per order, of
 * which the editor knows neither the number nor the keys. So all carry the tag of their category, and the edit of a product
 * invalidates that (`invalidateTags`): the next reader of each loads it, and a load that began before the edit cannot put
 * an old page back. The absence of a category has its tag too.
 *
 * One tag per page, and none for each of its products: every edit gives the category a new version, so every page of it is
 * old, whether the product is on it or not. Tags that few entries share would only add reads of tags.
 *
 * A page has copies of its products' texts. It is not put together from the product cache in its loader: what a near cache
 * of another process may serve for two seconds would then stay in the page for ten minutes.
 */
export function categoryPageCache(holdfast: CacheMaker, database: Database) {
  return holdfast.cache({
    name: "category-page",
    ...presets.productCatalog,
    load: ([id, order]: readonly [number, PageOrder], { signal }) => findCategoryPage(database, { id, order }, signal),
    tags: (_page, [id]) => [categoryTag(id)],
    version: (page) => page.version,
  })
}
