import { expect, test } from "vitest"
import { withoutCache } from "../caches/cache-maker.ts"
import { createCaches } from "../caches/caches.ts"
import { CarrierRefused } from "../carrier/carrier.ts"
import type { Carrier } from "../carrier/carrier.ts"
import type { Database, Queries } from "../database/database.ts"
import { createAnswers } from "./answers.ts"
import { createApp } from "./app.ts"

const rows: Record<string, object[]> = {
  "find-product": [{ id: 42, name: "Oak Chair", categoryId: 3, version: 7 }],
  "find-products": [
    { id: 43, name: "Oak Table", categoryId: 3, version: 2 },
    { id: 42, name: "Oak Chair", categoryId: 3, version: 7 },
  ],
  "edit-product": [{ id: 42, name: "Oak Chair", categoryId: 3, version: 8, categoryVersion: 5 }],
  "place-order": [{ productId: 42, stock: 1, version: 9, orderId: 1, profileVersion: 2 }],
  "list-categories": [{ id: 1 }],
}

const carrier: Carrier = {
  quote: (country) =>
    country === "DE" ? Promise.reject(new CarrierRefused()) : Promise.resolve({ cents: 1, days: 1 }),
  close: () => Promise.resolve(),
}

function app({ cached = true, rowsOf = (name: string): object[] => rows[name] ?? [] } = {}) {
  const queries = { query: ({ name }: { name: string }) => Promise.resolve(rowsOf(name)) } as unknown as Queries
  const transaction: Database["transaction"] = (work) => work(queries)
  const database = { ...queries, transaction } as Database
  const tags = withoutCache()
  const caches = createCaches(tags, database, carrier)
  const operations = { stats: () => ({}), health: () => Promise.resolve({ ok: true }) }
  return createApp(
    { caches, tags, units: tags, database, offerCommitted: () => {}, answers: createAnswers({ cached }) },
    operations,
  )
}

const json = (method: string, body: unknown): RequestInit => ({ method, body: JSON.stringify(body) })

test("a read carries its version and says how it was cached", async () => {
  const response = await app().request("/products/42")
  expect(response.status).toBe(200)
  expect(response.headers.get("x-version")).toBe("7")
  expect(response.headers.get("x-cache-pattern")).toBe("read-through, also in batches, write-through; productCatalog")
  expect(await response.json()).toMatchObject({ name: "Oak Chair" })
})

test("products side by side are read by one query, in the order of the ids, each with its version", async () => {
  const queries: string[] = []
  const rowsOf = (name: string): object[] => {
    queries.push(name)
    return rows[name] ?? []
  }
  const response = await app({ rowsOf }).request("/products?ids=42,99,43,42")
  expect(response.headers.get("x-versions")).toBe("product:42@7, product:43@2")
  expect(await response.json()).toMatchObject([{ name: "Oak Chair" }, { name: "Oak Table" }])
  expect(queries).toEqual(["find-products"])
})

test("without a cache the same answer says so", async () => {
  const response = await app({ cached: false }).request("/products/42")
  expect(response.headers.get("x-cache-pattern")).toBe("none")
})

test("a write names every row that got a new version", async () => {
  const edited = await app().request("/products/42", json("PATCH", { description: "New." }))
  expect(edited.headers.get("x-changed")).toBe("product:42@8, category:3@5")
  const bought = await app().request("/checkout", json("POST", { userId: 7, productId: 42, quantity: 1 }))
  expect(bought.headers.get("x-changed")).toBe("offer:42@9, profile:7@2")
})

test("what is not there is 404, what is sold out 409, a refused quote 503", async () => {
  const empty = app({ rowsOf: () => [] })
  expect((await empty.request("/products/42")).status).toBe(404)
  expect((await empty.request("/products/42", json("PATCH", { description: "" }))).status).toBe(404)
  expect((await empty.request("/products/42/price", json("PUT", { priceCents: 5 }))).status).toBe(404)
  expect((await empty.request("/checkout", json("POST", { userId: 7, productId: 42, quantity: 1 }))).status).toBe(409)
  expect((await empty.request("/nowhere")).status).toBe(404)
  expect((await app().request("/shipping?country=DE&parcel=m")).status).toBe(503)
  expect((await app().request("/shipping?country=FR&parcel=m")).status).toBe(200)
})

test.each([
  ["GET", "/products/x", undefined],
  ["GET", "/products/12345678901", undefined],
  ["GET", "/products", undefined],
  ["GET", "/products?ids=1,,2", undefined],
  ["GET", `/products?ids=${Array.from({ length: 51 }, (_, index) => index).join(",")}`, undefined],
  ["GET", "/categories/3?sort=price", undefined],
  ["GET", "/search", undefined],
  ["PATCH", "/products/42", { description: 5 }],
  ["PUT", "/products/42/price", { priceCents: 0 }],
  ["PUT", "/products/42/price", []],
  ["POST", "/checkout", { userId: 1, productId: 1.5, quantity: 1 }],
  ["PATCH", "/flags", { newCheckout: "yes" }],
])("%s %s with a bad input is 400", async (method, path, body) => {
  const response = await app().request(path, body === undefined ? { method } : json(method, body))
  expect(response.status).toBe(400)
  expect(await response.json()).toHaveProperty("error")
})
