import type { Unit } from "holdfast"
import type { Pool, PoolClient } from "pg"
import { onThrow, OutOfStock, transactionTimeout, type Order, type Shop } from "./shop.ts"

/** Places an order with node-postgres. Answers how many are left. Throws {@link OutOfStock}. */
export async function orderWithPg(shop: Shop, pool: Pool, order: Order): Promise<number> {
  const { holdfast, stock, orderPlaced } = shop
  const work = (unit: Unit): Promise<number> =>
    inTransaction(pool, async (client) => {
      await client.query(`set local transaction_timeout = '${transactionTimeout}'`)
      unit.invalidate(stock, order.sku)
      unit.invalidateTags([`customer:${order.customer}`])
      const { deadline } = await unit.opened()
      deadline.require(transactionTimeout)

      const take = "update stock set left_over = left_over - $2 where sku = $1 and left_over >= $2 returning left_over"
      const { rows } = await client.query<{ left_over: number }>(take, [order.sku, order.quantity])
      const [taken] = rows
      if (taken === undefined) throw new OutOfStock()
      const place = "insert into orders (customer, sku, quantity) values ($1, $2, $3)"
      await client.query(place, [order.customer, order.sku, order.quantity])

      unit.publish(orderPlaced, order)
      return taken.left_over
    })
  return holdfast.afterCommit(work, { onThrow })
}

/** Runs `work` between BEGIN and COMMIT. A connection whose transaction did not end is not used again. */
async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  // A connection that breaks fails its query; the event besides would end the process.
  client.on("error", ignore)
  let broken = true
  try {
    await client.query("begin")
    try {
      const result = await work(client)
      await client.query("commit")
      broken = false
      return result
    } catch (error) {
      await client.query("rollback").then(
        () => (broken = false),
        () => {},
      )
      throw error
    }
  } finally {
    client.off("error", ignore)
    client.release(broken)
  }
}

const ignore = (): void => {}
