import { setTimeout as sleep } from "node:timers/promises"
import { Pool, type PoolClient } from "pg"
import { afterAll, beforeAll, expect, test } from "vitest"
import { openStage, type Stage } from "./transactions.fixture.ts"

const termMs = 1500
let stage: Stage

beforeAll(async () => {
  stage = await openStage()
  // COMMIT takes 700 ms.
  await stage.pool.query(`
    create function dawdle() returns trigger language plpgsql as $$ begin perform pg_sleep(0.7); return null; end $$;
    create constraint trigger slow_commit after update on stock deferrable initially deferred
      for each row execute function dawdle();
  `)
})
afterAll(() => stage[Symbol.asyncDispose]())

/** Takes one chair, and gives up waiting for COMMIT before the server has come to the end of it. */
async function takeImpatiently(): Promise<void> {
  const { postgresPort: port } = stage
  const impatient = new Pool({ host: "127.0.0.1", port, user: "postgres", database: "postgres", query_timeout: 100 })
  impatient.on("error", () => {})
  let client: PoolClient | undefined
  try {
    client = await impatient.connect()
    client.on("error", () => {})
    await client.query("begin")
    await client.query("update stock set left_over = left_over - 1 where sku = 'oak-chair'")
    await client.query("commit")
  } finally {
    client?.release(true)
    await impatient.end()
  }
}

test.each(["afterCommit", "write"])(
  "a commit that comes after the error of %s is read by whoever comes after it",
  async (how) => {
    const { shop, pool } = stage
    const stock = shop.holdfast.cache({
      name: `chairs.${how}`,
      ttl: "1m",
      consistency: "strict",
      windowTerm: { milliseconds: termMs },
      load: async (sku: string) => {
        const { rows } = await pool.query<{ left_over: number }>("select left_over from stock where sku = $1", [sku])
        return rows[0]?.left_over
      },
    })
    const before = await stock.get("oak-chair")
    await sleep(termMs)
    const taking =
      how === "write"
        ? stock.write("oak-chair", () => takeImpatiently().then(() => undefined))
        : shop.holdfast.afterCommit(async (unit) => {
            unit.invalidate(stock, "oak-chair")
            await unit.opened()
            await takeImpatiently()
          })
    await expect(taking).rejects.toThrow("timeout")
    expect(await stock.get("oak-chair"), "not committed yet").toBe(before)
    const committed = { left_over: (before ?? 0) - 1 }
    const row = async (): Promise<unknown> =>
      (await pool.query("select left_over from stock where sku = 'oak-chair'")).rows[0]
    await expect.poll(row, { timeout: 5000 }).toEqual(committed)
    expect(await stock.get("oak-chair")).toBe(committed.left_over)
  },
)
