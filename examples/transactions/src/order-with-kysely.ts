import type { Unit } from "holdfast"
import { sql, type Generated, type Kysely } from "kysely"
import { onThrow, OutOfStock, transactionTimeout, type Order, type Shop } from "./shop.ts"

/** The tables, as Kysely wants to know them. */
export interface Tables {
  stock: { sku: string; left_over: number }
  orders: { id: Generated<string>; customer: string; sku: string; quantity: number }
}

/** Places an order with Kysely. Answers how many are left. Throws {@link OutOfStock}. */
export async function orderWithKysely(shop: Shop, db: Kysely<Tables>, order: Order): Promise<number> {
  const { holdfast, stock, orderPlaced } = shop
  const { customer, sku, quantity } = order
  const work = (unit: Unit): Promise<number> =>
    db.transaction().execute(async (trx) => {
      await sql.raw(`set local transaction_timeout = '${transactionTimeout}'`).execute(trx)
      unit.invalidate(stock, sku)
      unit.invalidateTags([`customer:${customer}`])
      const { deadline } = await unit.opened()
      deadline.require(transactionTimeout)

      const taken = await trx
        .updateTable("stock")
        .set((column) => ({ left_over: column("left_over", "-", quantity) }))
        .where("sku", "=", sku)
        .where("left_over", ">=", quantity)
        .returning("left_over")
        .executeTakeFirst()
      if (taken === undefined) throw new OutOfStock()
      await trx.insertInto("orders").values({ customer, sku, quantity }).execute()

      unit.publish(orderPlaced, order)
      return taken.left_over
    })
  return holdfast.afterCommit(work, { onThrow })
}
