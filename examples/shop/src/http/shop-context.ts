import type { CacheMaker } from "../caches/cache-maker.ts"
import type { Caches } from "../caches/caches.ts"
import type { Database } from "../database/database.ts"
import type { Offer } from "../database/offers.ts"
import type { Answers } from "./answers.ts"

/** What the routes work with. */
export interface ShopContext {
  readonly caches: Caches
  /** For what reaches across caches. */
  readonly tags: Pick<CacheMaker, "invalidateTags">
  /** For transactions that change what several caches hold. */
  readonly units: Pick<CacheMaker, "afterCommit">
  readonly database: Database
  readonly answers: Answers
  /** Told of every change of an offer as soon as the database has committed it, before the cache knows. For the demo's oracle. */
  readonly offerCommitted: (offer: Offer) => void
}
