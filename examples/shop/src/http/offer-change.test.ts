import { createHoldfast } from "holdfast"
import { memoryStore, virtualClock } from "holdfast/testing"
import { expect, test } from "vitest"
import { createCaches } from "../caches/caches.ts"
import type { Carrier } from "../carrier/carrier.ts"
import type { Database, Queries } from "../database/database.ts"
import { createAnswers } from "./answers.ts"
import { createApp } from "./app.ts"

const carrier: Carrier = { quote: () => Promise.resolve({ cents: 1, days: 1 }), close: () => Promise.resolve() }

/** A shop with one offer, on a virtual clock, whose transactions begin when `begin` has been called. */
function shop() {
  const clock = virtualClock()
  const store = memoryStore({ clock })
  const holdfast = createHoldfast({ namespace: "shop", clock, store })
  const offer = { productId: 42, priceCents: 5, version: 1 }
  const log: string[] = []
  const begun: (() => void)[] = []
  const queries: Queries = {
    async query<Row>({ name }: { name: string }): Promise<Row[]> {
      log.push(name)
      if (name === "set-price") offer.version += 1
      return [{ ...offer }] as Row[]
    },
  }
  const transaction: Database["transaction"] = async (work, timeoutMs) => {
    log.push(`begin, at most ${timeoutMs} ms`)
    await new Promise<void>((resolve) => begun.push(resolve))
    return work(queries)
  }
  const database = { ...queries, transaction } as Database
  const caches = createCaches(holdfast, database, carrier)
  const operations = { stats: () => ({}), health: () => Promise.resolve({ ok: true }) }
  const offerCommitted = ({ version }: { version: number }): void => void log.push(`committed ${version}`)
  const answers = createAnswers({ cached: true })
  const app = createApp({ caches, tags: holdfast, units: holdfast, database, answers, offerCommitted }, operations)
  const change = async (): Promise<Response> =>
    app.request("/products/42/price", { method: "PUT", body: JSON.stringify({ priceCents: 7 }) })
  const begin = async (): Promise<void> => {
    await clock.settle()
    begun.shift()?.()
  }
  return { app, clock, store, log, change, begin }
}

test("a change runs in a transaction that ends within its window", async () => {
  const { app, log, change, begin } = shop()
  const changing = change()
  await begin()
  expect((await changing).headers.get("x-changed")).toBe("offer:42@2")
  expect(log).toEqual(["begin, at most 2000 ms", "set-price", "committed 2"])
  expect((await app.request("/products/42/offer")).headers.get("x-version")).toBe("2")
})

test("a change whose transaction has begun too late for its window is refused, and nothing is changed", async () => {
  const { clock, log, change, begin } = shop()
  const changing = change()
  await clock.settle()
  await clock.advance(1001)
  await begin()
  expect((await changing).status).toBe(503)
  expect(log).toEqual(["begin, at most 2000 ms"])
})

test("a change is refused before its transaction begins if the cache cannot be told; reads go on", async () => {
  const { app, store, log, change } = shop()
  store.openWindow = () => Promise.reject(new Error("away"))
  const refused = await change()
  expect(refused.status).toBe(503)
  expect(refused.headers.get("retry-after")).toBe("1")
  expect(log).toEqual([])
  expect((await app.request("/products/42/offer")).status).toBe(200)
})
