import { Pool } from "pg"
import type { ClientBase } from "pg"
import type { Database, Queries, Statement } from "./database.ts"
import { transactionLimit } from "./transaction-limit.ts"

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
  // So does one that ends in use, because its transaction took too long: the query that meets it rejects.
  pool.on("connect", (client) => client.on("error", () => {}))
  try {
    const { rows } = await pool.query<{ server_version: string }>("show server_version")
    await pool.query(`create schema ${schema}`)
    return createDatabase(pool, schema, rows[0]?.server_version.split(" ")[0] ?? "")
  } catch (error) {
    await pool.end()
    throw error
  }
}

function createDatabase(pool: Pool, schema: string, version: string): Database {
  return {
    version: `PostgreSQL ${version}`,
    ...queriesOver(pool),
    transaction: (work, timeoutMs) =>
      runTransaction(pool, transactionLimit(Number.parseInt(version, 10), timeoutMs), work),
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

function queriesOver(connection: Pick<ClientBase, "query">): Queries {
  return {
    async query<Row>(statement: Statement, values: readonly unknown[] = [], signal?: AbortSignal): Promise<Row[]> {
      signal?.throwIfAborted()
      const { rows } = await connection.query({ name: statement.name, text: statement.text, values: [...values] })
      return rows as Row[]
    },
  }
}

async function runTransaction<T>(pool: Pool, limit: string, work: (queries: Queries) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken = true
  try {
    await client.query(`begin; ${limit}`)
    const result = await work(queriesOver(client))
    await client.query("commit")
    broken = false
    return result
  } catch (error) {
    broken = await client.query("rollback").then(
      () => false,
      () => true,
    )
    throw error
  } finally {
    client.release(broken)
  }
}
