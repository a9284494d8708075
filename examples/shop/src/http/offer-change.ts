import type { WriteContext } from "holdfast"
import type { Database, Queries } from "../database/database.ts"

/** How long a change of an offer may take in the database: well within the term of its window, which is three seconds. */
const timeoutMs = 2000

/**
 * Changes an offer inside its write window.
 *
 * The database is told to end the transaction by itself in time. Once it has begun, `deadline.require` makes sure that its
 * time is up before the window is: so whatever stops this process from here on, nothing is committed after the window has
 * ended.
 */
export function changeOffer<T>(
  database: Database,
  { deadline }: WriteContext,
  change: (queries: Queries) => Promise<T>,
): Promise<T> {
  return database.transaction(async (queries) => {
    deadline.require({ milliseconds: timeoutMs })
    return change(queries)
  }, timeoutMs)
}
