import { and, eq, gte, sql } from "drizzle-orm"
import type { NodePgDatabase } from "drizzle-orm/node-postgres"
import { bigint, integer, pgTable, text } from "drizzle-orm/pg-core"
import type { Unit } from "holdfast"
import { onThrow, OutOfStock, transactionTimeout, type Order, type Shop } from "./shop.ts"

const stockTable = pgTable("stock", { sku: text().primaryKey(), leftOver: integer("left_over").notNull() })

const ordersTable = pgTable("orders", {
  id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  customer: text().notNull(),
  sku: text().notNull(),
  quantity: integer().notNull(),
})

/** Places an order with Drizzle. Answers how many are left. Throws {@link OutOfStock}. */
export async function orderWithDrizzle(shop: Shop, db: NodePgDatabase, order: Order): Promise<number> {
  const { holdfast, stock, orderPlaced } = shop
  const { customer, sku, quantity } = order
  const work = (unit: Unit): Promise<number> =>
    db.transaction(async (tx) => {
      await tx.execute(sql.raw(`set local transaction_timeout = '${transactionTimeout}'`))
      unit.invalidate(stock, sku)
      unit.invalidateTags([`customer:${customer}`])
      const { deadline } = await unit.opened()
      deadline.require(transactionTimeout)

      const [taken] = await tx
        .update(stockTable)
        .set({ leftOver: sql`${stockTable.leftOver} - ${quantity}` })
        .where(and(eq(stockTable.sku, sku), gte(stockTable.leftOver, quantity)))
        .returning({ leftOver: stockTable.leftOver })
      if (taken === undefined) throw new OutOfStock()
      await tx.insert(ordersTable).values({ customer, sku, quantity })

      unit.publish(orderPlaced, order)
      return taken.leftOver
    })
  return holdfast.afterCommit(work, { onThrow })
}
