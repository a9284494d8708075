import { setTimeout as sleep } from "node:timers/promises"
import type { Database } from "./database.ts"

/** A database that knows how often it was asked. */
export interface CountedDatabase extends Database {
  /** Queries sent since the start. */
  queries(): number
}

/** Counts the queries, and delays each by `latencyMs` if that is not 0 (`--db-latency`). */
export function countQueries(database: Database, latencyMs: number): CountedDatabase {
  let queries = 0
  return {
    ...database,
    queries: () => queries,
    async query(statement, values, signal) {
      queries++
      if (latencyMs > 0) await sleep(latencyMs, undefined, signal === undefined ? {} : { signal })
      return database.query(statement, values, signal)
    },
  }
}
