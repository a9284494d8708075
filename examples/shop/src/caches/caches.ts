import type { Carrier } from "../carrier/carrier.ts"
import type { Database } from "../database/database.ts"
import type { CacheMaker } from "./cache-maker.ts"
import { categoryPageCache, categoryTreeCache } from "./category-cache.ts"
import { flagsCache } from "./flags-cache.ts"
import { offerCache } from "./offer-cache.ts"
import { productCache } from "./product-cache.ts"
import { profileCache } from "./profile-cache.ts"
import { quoteCache } from "./quote-cache.ts"
import { searchCache } from "./search-cache.ts"

/** Every cache of the shop. */
export type Caches = ReturnType<typeof createCaches>

/** Creates them all. Each file beside this one says which pattern and preset it uses, and why. */
export function createCaches(holdfast: CacheMaker, database: Database, carrier: Carrier) {
  return {
    products: productCache(holdfast, database),
    offers: offerCache(holdfast, database),
    categoryTree: categoryTreeCache(holdfast, database),
    categoryPages: categoryPageCache(holdfast, database),
    profiles: profileCache(holdfast, database),
    searches: searchCache(holdfast, database),
    flags: flagsCache(holdfast, database),
    quotes: quoteCache(holdfast, carrier),
  }
}
