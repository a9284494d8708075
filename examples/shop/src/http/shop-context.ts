import type { Caches } from "../caches/caches.ts"
import type { Database } from "../database/database.ts"
import type { Answers } from "./answers.ts"

/** What the routes work with. */
export interface ShopContext {
  readonly caches: Caches
  readonly database: Database
  readonly answers: Answers
}
