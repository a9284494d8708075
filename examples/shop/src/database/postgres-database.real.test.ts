import { setTimeout as sleep } from "node:timers/promises"
import { startPostgres, type PostgresProcess } from "@holdfast/servers"
import { afterAll, beforeAll, expect, test } from "vitest"
import type { Database, Queries } from "./database.ts"
import { openPostgres } from "./postgres-database.ts"

const find = { name: "find", text: "select n from counts" }
const add = { name: "add", text: "update counts set n = n + 1 returning n" }
const longMs = 60_000
const shortMs = 300

let server: PostgresProcess
let database: Database
beforeAll(async () => {
  server = await startPostgres()
  database = await openPostgres(server.url, "limits")
  await database.script("create table counts (n int not null); insert into counts values (0)")
})
afterAll(async () => {
  await database.close()
  await server.stop()
})

test("a transaction commits what it did, and answers as its work does", async () => {
  const before = await database.query(find)
  expect(before).toEqual([{ n: 0 }])
  expect(await database.transaction((queries) => queries.query(add), longMs)).toEqual([{ n: 1 }])
  expect(await database.query(find)).toEqual([{ n: 1 }])
})

test("a transaction whose work throws is rolled back", async () => {
  const before = await database.query(find)
  const failing = async (queries: Queries): Promise<void> => {
    await queries.query(add)
    throw new Error("no")
  }
  await expect(database.transaction(failing, longMs)).rejects.toThrow("no")
  expect(await database.query(find)).toEqual(before)
})

test.each([
  ["idle", () => sleep(1000)],
  ["at work", (queries: Queries) => queries.query({ name: "sleep", text: "select pg_sleep(1)" })],
])("the server ends a transaction that is %s for too long, and nothing of it is committed", async (_what, dawdle) => {
  const before = await database.query(find)
  const late = async (queries: Queries): Promise<void> => {
    await queries.query(add)
    await dawdle(queries)
  }
  await expect(database.transaction(late, shortMs)).rejects.toThrow(/connection/i)
  expect(await database.query(find)).toEqual(before)
  for (let round = 0; round < 20; round += 1) await database.transaction((queries) => queries.query(find), shortMs)
})
