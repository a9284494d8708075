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
  try {
    return await privateServer(request)
  } catch (error) {
    if (wanted === "postgres") throw error
    return await pglite(request, ` (no PostgreSQL: ${firstLine(error)})`)
  }
}

async function atUrl({ schema, resources }: DatabaseRequest, url: string): Promise<ChosenDatabase> {
  const database = await own(resources, openPostgres(url, schema))
  return { database, description: `${database.version} at DATABASE_URL, schema ${schema}`, origin: "DATABASE_URL" }
}

async function privateServer({ schema, resources }: DatabaseRequest): Promise<ChosenDatabase> {
  const server = await startPostgres()
  await resources.own(server, (started) => started.stop())
  const database = await own(resources, openPostgres(server.url, schema))
  return { database, description: `${database.version}, private, fsync off`, origin: "private server" }
}

async function pglite({ resources }: DatabaseRequest, reason: string): Promise<ChosenDatabase> {
  const database = await own(resources, openPglite())
  return { database, description: `${database.version} in a worker thread${reason}`, origin: "worker thread" }
}

async function own(resources: Resources, opening: Promise<Database>): Promise<Database> {
  return resources.own(await opening, (database) => database.close())
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? ""
}
