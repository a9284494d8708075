import { startProxy } from "@holdfast/servers"
import { Pool } from "pg"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import type { AfterCommitOptions } from "holdfast"
import { openStage, type Stage } from "./transactions.fixture.ts"

let stage: Stage

beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())
beforeEach(() => stage.reset())

/** Takes one chair in a transaction whose COMMIT is executed, and whose answer does not come through. */
async function takeWithLostAnswer(options?: AfterCommitOptions): Promise<unknown> {
  const { shop, pool, postgresPort } = stage
  await using proxy = await startProxy(postgresPort)
  const lossy = new Pool({ host: proxy.host, port: proxy.port, user: "postgres", database: "postgres" })
  lossy.on("error", () => {})
  const left = async (): Promise<unknown> =>
    (await pool.query("select left_over from stock where sku = 'oak-chair'")).rows[0]
  const work = shop.holdfast.afterCommit(async (unit) => {
    const client = await lossy.connect()
    client.on("error", () => {})
    try {
      await client.query("begin")
      await client.query("insert into orders (customer, sku, quantity) values ('ada', 'oak-chair', 1)")
      await client.query("update stock set left_over = left_over - 1 where sku = 'oak-chair'")
      unit.invalidateTags(["customer:ada"])
      unit.publish(shop.orderPlaced, { customer: "ada", sku: "oak-chair", quantity: 1 })
      await proxy.set({ is: "hold", direction: "replies" })
      const committing = client.query("commit")
      committing.catch(() => {})
      await expect.poll(left).toEqual({ left_over: 9 })
      await proxy.set({ is: "reset" })
      await committing
    } finally {
      client.release(true)
    }
  }, options)
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  await lossy.end()
  return error
}

test("an error of the work does not mean that nothing was committed, so what it named is invalidated", async () => {
  const { shop, published } = stage
  expect(await shop.orders.get("ada")).toBe(0)
  expect(await takeWithLostAnswer()).toBeInstanceOf(Error)
  expect(await shop.orders.get("ada"), "committed, and read").toBe(1)
  expect(published, "nobody can say that it happened").toEqual([])
})

test("whoever drops on every error keeps the old value", async () => {
  const { shop, pool } = stage
  expect(await shop.orders.get("ada")).toBe(0)
  expect(await takeWithLostAnswer({ onThrow: "drop" })).toBeInstanceOf(Error)
  expect((await pool.query("select from orders")).rowCount).toBe(1)
  expect(await shop.orders.get("ada"), "until its ttl").toBe(0)
})
