import { Pool } from "pg"
import type { Database, Statement } from "./database.ts"

const CONNECTIONS = 16

/** Opens a pool on a PostgreSQL server. Everything lives in `schema`, which `close` drops. */
export async function openPostgres(url: string, schema: string): Promise<Database> {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: 10_000,
    options: `-c search_path=${schema} -c client_min_messages=warning`,
  })
  // An idle connection that breaks is replaced by the next query; without a listener it would end the process.
  pool.on("error", () => {})
  try {
    const { rows } = await pool.query<{ server_version: string }>("show server_version")
    await pool.query(`create schema ${schema}`)
    return createDatabase(pool, schema, `PostgreSQL ${rows[0]?.server_version.split(" ")[0] ?? ""}`)
  } catch (error) {
    await pool.end()
    throw error
  }
}

function createDatabase(pool: Pool, schema: string, version: string): Database {
  return {
    version,
    async query<Row>(statement: Statement, values: readonly unknown[] = [], signal?: AbortSignal): Promise<Row[]> {
      signal?.throwIfAborted()
      const { rows } = await pool.query({ name: statement.name, text: statement.text, values: [...values] })
      return rows as Row[]
    },
    async script(text) {
      await pool.query(text)
    },
    async close() {
      try {
        await pool.query(`drop schema ${schema} cascade`)
      } finally {
        await pool.end()
      }
    },
  }
}
