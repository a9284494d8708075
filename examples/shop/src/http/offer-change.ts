import type { WriteContext } from "holdfast"
import type { Database, Queries } from "../database/database.ts"

/** How long a change of an offer may take in the database: well within the term of its window, which is three seconds. */
const timeoutMs = 2000

/**
 * Changes an offer inside its write window: that of a `write`, which is open, or that of a unit, which is opened once the
 * transaction has begun.
 *
 * The database is told to end the transaction by itself in time. Once it has begun, `deadline.require` makes sure that its
 * time is up before the window is: so whatever stops this process from here on, nothing is committed after the window has
 * ended.
 */
export function changeOffer<T>(
  database: Database,
  opened: () => WriteContext | Promise<WriteContext>,
  change: (queries: Queries) => Promise<T>,
): Promise<T> {
  return database.transaction(async (queries) => {
    const { deadline } = await opened()
    deadline.require({ milliseconds: timeoutMs })
    return change(queries)
  }, timeoutMs)
}
