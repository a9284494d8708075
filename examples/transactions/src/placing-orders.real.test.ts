import { sql } from "drizzle-orm"
import { drizzle } from "drizzle-orm/node-postgres"
import { Kysely, PostgresDialect } from "kysely"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { orderWithDrizzle } from "./order-with-drizzle.ts"
import { orderWithKysely, type Tables } from "./order-with-kysely.ts"
import { orderWithPg } from "./order-with-pg.ts"
import { OutOfStock, type Order, type Shop } from "./shop.ts"
import { openStage, type Stage } from "./transactions.fixture.ts"

let stage: Stage

beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())
beforeEach(() => stage.reset())

type PlaceOrder = (shop: Shop, order: Order) => Promise<number>

const clients: readonly (readonly [string, PlaceOrder])[] = [
  ["node-postgres", (shop, order) => orderWithPg(shop, stage.pool, order)],
  ["Drizzle", (shop, order) => orderWithDrizzle(shop, drizzle(stage.pool), order)],
  [
    "Kysely",
    (shop, order) =>
      orderWithKysely(shop, new Kysely<Tables>({ dialect: new PostgresDialect({ pool: stage.pool }) }), order),
  ],
]

const read = async ({ stock, orders }: Shop): Promise<unknown[]> => [
  await stock.get("oak-chair"),
  await orders.get("ada"),
]

test.each(clients)("with %s, what was committed is read everywhere, and published", async (_, place) => {
  const { shop, elsewhere, published } = stage
  expect(await read(elsewhere)).toEqual([10, 0])
  const order = { customer: "ada", sku: "oak-chair", quantity: 3 }
  expect(await place(shop, order)).toBe(7)
  expect(await read(shop)).toEqual([7, 1])
  expect(await elsewhere.stock.get("oak-chair")).toBe(7)
  await expect.poll(() => elsewhere.orders.get("ada"), { timeout: 3000 }).toBe(1)
  expect(published).toEqual([order])
})

test.each(clients)("with %s, what was rolled back is published to nobody", async (_, place) => {
  const { shop, elsewhere, published } = stage
  expect(await read(elsewhere)).toEqual([10, 0])
  await expect(place(shop, { customer: "ada", sku: "oak-chair", quantity: 11 })).rejects.toBeInstanceOf(OutOfStock)
  expect(await read(shop)).toEqual([10, 0])
  expect(await read(elsewhere)).toEqual([10, 0])
  expect(published).toEqual([])
})

type Transact = (work: () => Promise<void>) => Promise<void>

/** A transaction of each client, in which something is asked before `work` is called. */
const transactions: readonly (readonly [string, Transact])[] = [
  [
    "node-postgres",
    async (work) => {
      const client = await stage.pool.connect()
      try {
        await client.query("begin")
        await work()
        await client.query("commit")
      } finally {
        client.release()
      }
    },
  ],
  [
    "Drizzle",
    (work) =>
      drizzle(stage.pool).transaction(async (tx) => {
        await tx.execute(sql`select 1`)
        await work()
      }),
  ],
  [
    "Kysely",
    (work) =>
      new Kysely<Tables>({ dialect: new PostgresDialect({ pool: stage.pool }) }).transaction().execute(async (trx) => {
        await trx.selectFrom("stock").selectAll().execute()
        await work()
      }),
  ],
]

test.each(transactions)("in a transaction of %s the cache cannot be told too early", async (_, transact) => {
  const { holdfast, orders } = stage.shop
  await holdfast.afterCommit(() =>
    transact(async () => {
      await expect(orders.invalidate("ada")).rejects.toMatchObject({ code: "INSIDE_TRANSACTION" })
    }),
  )
  await transact(async () => expect(await orders.invalidate("ada")).toEqual({ delivered: true }))
})

test("many orders at one time leave nothing old and sell nothing twice", async () => {
  const { shop, elsewhere, published } = stage
  const placed = await Promise.allSettled(
    Array.from({ length: 12 }, (_, at) => {
      const [, place] = clients[at % clients.length] ?? clients[0]!
      return place(at % 2 === 0 ? shop : elsewhere, { customer: "ada", sku: "oak-chair", quantity: 1 })
    }),
  )
  expect(placed.filter(({ status }) => status === "fulfilled")).toHaveLength(10)
  expect(published).toHaveLength(10)
  expect(await shop.stock.get("oak-chair")).toBe(0)
  expect(await elsewhere.stock.get("oak-chair")).toBe(0)
})
