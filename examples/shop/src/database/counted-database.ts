import { setTimeout as sleep } from "node:timers/promises"
import type { Database, Queries } from "./database.ts"

/** A database that knows how often it was asked. */
export interface CountedDatabase extends Database {
  /** Queries sent since the start. */
  queries(): number
}

/** Counts the queries, and delays each by `latencyMs` if that is not 0 (`--db-latency`). */
export function countQueries(database: Database, latencyMs: number): CountedDatabase {
  let queries = 0
  const pass = async (signal?: AbortSignal): Promise<void> => {
    queries++
    if (latencyMs > 0) await sleep(latencyMs, undefined, signal === undefined ? {} : { signal })
  }
  const counted = (inner: Queries): Queries => ({
    async query(statement, values, signal) {
      await pass(signal)
      return inner.query(statement, values, signal)
    },
  })
  return {
    ...database,
    queries: () => queries,
    ...counted(database),
    async transaction(work, timeoutMs) {
      // Its BEGIN and its COMMIT are queries as well.
      await pass()
      return database.transaction(async (inner) => {
        const result = await work(counted(inner))
        await pass()
        return result
      }, timeoutMs)
    },
  }
}
