import { startPostgres } from "@holdfast/servers"
import type { Database } from "../database/database.ts"
import { openPglite } from "../database/pglite-database.ts"
import { openPostgres } from "../database/postgres-database.ts"
import type { Flags } from "../flags.ts"
import type { Resources } from "../resources.ts"

/** The database the shop runs on, and how it came to be. */
export interface ChosenDatabase {
  readonly database: Database
  /** For people, such as "PostgreSQL 18.4, private". */
  readonly description: string
  readonly origin: "DATABASE_URL" | "private server" | "worker thread"
}

export interface DatabaseRequest {
  readonly wanted: Flags["database"]
  /** `DATABASE_URL`. */
  readonly url: string | undefined
  /** Where the tables go; dropped at the end. */
  readonly schema: string
  readonly resources: Resources
}

/**
 * Chooses: the server at `DATABASE_URL`, else a private PostgreSQL, else PGlite in a worker thread, with the reason.
 * `--database` forces one of the private ones.
 */
export async function openDatabase(request: DatabaseRequest): Promise<ChosenDatabase> {
  const { wanted, url } = request
  if (wanted === "pglite") return pglite(request, "")
  if (wanted === undefined && url !== undefined) return atUrl(request, url)
  if (wanted === "postgres") return privateServer(request)
  return privateServer(request).catch((error: unknown) => pglite(request, ` (no PostgreSQL: ${firstLine(error)})`))
}

async function atUrl({ schema, resources }: DatabaseRequest, url: string): Promise<ChosenDatabase> {
  const opening = openPostgres(url, schema).catch((cause: unknown) => {
    throw new Error(`DATABASE_URL cannot be used: ${firstLine(cause)}`, { cause })
  })
  const database = await resources.own(opening, close)
  return { database, description: `${database.version} at DATABASE_URL, schema ${schema}`, origin: "DATABASE_URL" }
}

async function privateServer({ schema, resources }: DatabaseRequest): Promise<ChosenDatabase> {
  const server = await resources.own(startPostgres(), (started) => started.stop())
  const database = await resources.own(openPostgres(server.url, schema), close)
  return { database, description: `${database.version}, private, fsync off`, origin: "private server" }
}

async function pglite({ resources }: DatabaseRequest, reason: string): Promise<ChosenDatabase> {
  const database = await resources.own(openPglite(), close)
  return { database, description: `${database.version} in a worker thread${reason}`, origin: "worker thread" }
}

function close(database: Database): Promise<void> {
  return database.close()
}

function firstLine(error: unknown): string {
  // A host with several addresses gives one error for all of them, which says nothing itself.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error
  return (first instanceof Error ? first.message : String(first)).split("\n")[0] ?? ""
}
