import { Client } from "pg"
import { expect, test } from "vitest"
import { isRunning } from "./fixtures/is-running.ts"
import { startPostgres } from "./postgres-process.ts"
import { ServerStartError } from "./server-start-error.ts"

async function query(url: string, sql: string): Promise<unknown[][]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const result = await client.query<unknown[]>({ text: sql, rowMode: "array" })
    return result.rows
  } finally {
    await client.end()
  }
}

test("PostgreSQL 18 starts, takes settings, knows letters beyond ASCII, and is gone after stop", async () => {
  const postgres = await startPostgres({ settings: { wal_level: "logical" } })
  expect(postgres.version).toMatch(/^18\./)
  expect(await query(postgres.url, "select version()")).toEqual([
    [expect.stringContaining(`PostgreSQL ${postgres.version}`)],
  ])
  expect(await query(postgres.url, "show wal_level")).toEqual([["logical"]])
  expect(await query(postgres.url, "show max_connections")).toEqual([["50"]])
  expect(await query(postgres.url, "select lower('ÄÉ')")).toEqual([["äé"]])
  await query(postgres.url, "do $$ begin perform 1; end $$")
  await postgres.stop()
  expect(isRunning(postgres.pid)).toBe(false)
})

test("two servers at once are two databases", async () => {
  const [one, two] = await Promise.all([startPostgres(), startPostgres()])
  await query(one.url, "create table t as select 1")
  await expect(query(two.url, "select * from t")).rejects.toThrow("does not exist")
  await Promise.all([one.stop(), two.stop()])
})

test("a setting the server does not know is an error with the server's words", async () => {
  const start = startPostgres({ settings: { no_such_setting: "1" } })
  await expect(start).rejects.toThrow(ServerStartError)
  await expect(start).rejects.toThrow(/no_such_setting/)
})

test("a port that is taken is an error that says so", async () => {
  await using first = await startPostgres()
  await expect(startPostgres({ port: first.port })).rejects.toMatchObject({ portTaken: true })
})
