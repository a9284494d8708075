import { createHoldfast } from "holdfast"
import type { Holdfast, HoldfastOptions, OnThrow, Publisher, ReadThroughCache } from "holdfast"
import type { Pool } from "pg"

/** What a customer wants. */
export interface Order {
  readonly customer: string
  readonly sku: string
  readonly quantity: number
}

/** What the examples change: one cache that must never be wrong, one that may be for a moment, and who hears of orders. */
export interface Shop {
  readonly holdfast: Holdfast
  /** How many are left, by article. Strict: it decides whether something can be sold. */
  readonly stock: ReadThroughCache<string, number>
  /** How many orders a customer has placed. Every entry carries the tag `customer:<name>`. */
  readonly orders: ReadThroughCache<string, number>
  readonly orderPlaced: Publisher<Order>
}

/** Thrown when there is not enough left. Nothing is committed then. */
export class OutOfStock extends Error {}

/** Of all errors this one comes before COMMIT for sure, so nothing that was named has changed. After any other it may have. */
export const onThrow = (error: unknown): OnThrow => (error instanceof OutOfStock ? "drop" : "invalidate")

/** How long a transaction may take, in PostgreSQL and within the window of a strict cache. */
export const transactionTimeout = "2s"

/** Makes the caches; they load by connections of their own, never in the transaction that changes the rows. */
export function openShop(pool: Pool, options: HoldfastOptions, orderPlaced: Publisher<Order>): Shop {
  const holdfast = createHoldfast(options)
  const stock = holdfast.cache({
    name: "stock",
    ttl: "45s",
    consistency: "strict",
    windowTerm: "5s",
    load: async (sku: string) => {
      const { rows } = await pool.query<{ left_over: number }>("select left_over from stock where sku = $1", [sku])
      return rows[0]?.left_over
    },
  })
  const orders = holdfast.cache({
    name: "orders",
    ttl: "10m",
    load: async (customer: string) => {
      const count = "select count(*)::int as placed from orders where customer = $1"
      const { rows } = await pool.query<{ placed: number }>(count, [customer])
      return rows[0]?.placed
    },
    tags: (_placed, customer) => [`customer:${customer}`],
  })
  return { holdfast, stock, orders, orderPlaced }
}
