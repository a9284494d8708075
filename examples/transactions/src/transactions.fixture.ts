import { startPostgres, startRedis } from "@holdfast/servers"
import { Pool } from "pg"
import { createClient } from "redis"
import { schema } from "./schema.ts"
import { openShop, type Order, type Shop } from "./shop.ts"

/** A PostgreSQL with the tables of the examples, a Redis, and two shops: as two processes have them. */
export interface Stage extends AsyncDisposable {
  readonly pool: Pool
  readonly postgresPort: number
  readonly shop: Shop
  readonly elsewhere: Shop
  /** Events that were published. */
  readonly published: Order[]
  /** As it was in the beginning. */
  reset(): Promise<void>
}

export async function openStage(): Promise<Stage> {
  const postgres = await startPostgres()
  const redis = await startRedis()
  const pool = new Pool({ connectionString: postgres.url })
  pool.on("error", () => {
    // A server that is stopped ends idle connections.
  })
  await pool.query(schema)
  const published: Order[] = []
  const orderPlaced = { publish: async (order: Order) => published.push(order) }
  const client = createClient({ url: redis.url })
  const open = (): Shop => openShop(pool, { redis: client, namespace: "examples", commandTimeout: "2s" }, orderPlaced)
  const [shop, elsewhere] = [open(), open()]
  return {
    pool,
    postgresPort: postgres.port,
    shop,
    elsewhere,
    published,
    async reset() {
      await pool.query("truncate orders; update stock set left_over = 10")
      await Promise.all([shop.stock.clear(), shop.orders.clear()])
      published.length = 0
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([shop.holdfast.close(), elsewhere.holdfast.close()])
      await pool.end()
      await Promise.all([postgres.stop(), redis.stop()])
    },
  }
}
