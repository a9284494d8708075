import { createHoldfast } from "holdfast"
import type { Holdfast } from "holdfast"
import { expect, test } from "vitest"
import { withoutCache } from "../caches/cache-maker.ts"
import type { CacheMaker } from "../caches/cache-maker.ts"
import { createCaches } from "../caches/caches.ts"
import type { Carrier } from "../carrier/carrier.ts"
import type { Database } from "../database/database.ts"
import { createAnswers } from "./answers.ts"
import { createApp } from "./app.ts"

const carrier: Carrier = { quote: () => Promise.resolve({ cents: 1, days: 1 }), close: () => Promise.resolve() }

/** Two shelves with one product each: product 42 on shelf 3, product 43 on shelf 4. */
class Shelves {
  readonly queries: string[] = []
  readonly #versions = new Map([
    [3, 1],
    [4, 1],
  ])

  query({ name }: { name: string }, [value]: readonly unknown[] = []): Promise<unknown[]> {
    this.queries.push(`${name} ${String(value)}`)
    return Promise.resolve(this.#rows(name, value))
  }

  #rows(name: string, value: unknown): unknown[] {
    if (name === "find-products") return (value as number[]).map((id) => this.#product(id))
    if (name === "find-product") return [this.#product(Number(value))]
    if (name.startsWith("category-page")) {
      const version = this.#versions.get(Number(value))
      return version === undefined ? [] : [{ id: value, version, products: [] }]
    }
    const product = this.#product(Number(value))
    const categoryVersion = (this.#versions.get(product.categoryId) ?? 0) + 1
    this.#versions.set(product.categoryId, categoryVersion)
    return [{ ...product, version: 2, categoryVersion }]
  }

  #product(id: number) {
    return { id, name: "Oak Chair", categoryId: id === 42 ? 3 : 4, version: 1 }
  }
}

function shopOf(tags: CacheMaker) {
  const shelves = new Shelves()
  const database = shelves as unknown as Database
  const caches = createCaches(tags, database, carrier)
  const operations = { stats: () => ({}), health: () => Promise.resolve({ ok: true }) }
  const app = createApp(
    { caches, tags, units: tags, database, offerCommitted: () => {}, answers: createAnswers({ cached: true }) },
    operations,
  )
  const versionAt = async (path: string): Promise<string | null> => (await app.request(path)).headers.get("x-version")
  const edit = (id: number): Response | Promise<Response> =>
    app.request(`/products/${id}`, { method: "PATCH", body: JSON.stringify({ description: "New." }) })
  return { app, shelves, versionAt, edit }
}

function cached(): Holdfast {
  return createHoldfast({ namespace: "shop" })
}

test("an edit of a product is seen on every page of its category, and other categories stay cached", async () => {
  await using holdfast = cached()
  const { shelves, versionAt, edit } = shopOf(holdfast)
  const pages = ["/categories/3", "/categories/3?sort=rating", "/categories/3?sort=name"]
  for (const page of [...pages, "/categories/4"]) expect(await versionAt(page)).toBe("1")
  expect((await edit(42)).headers.get("x-changed")).toBe("product:42@2, category:3@2")
  for (const page of pages) expect(await versionAt(page)).toBe("2")
  shelves.queries.length = 0
  for (const page of [...pages, "/categories/4"]) await versionAt(page)
  expect(shelves.queries).toEqual([])
})

test("lists of products share the entries with the product pages, and load the rest by one query", async () => {
  await using holdfast = cached()
  const { app, shelves } = shopOf(holdfast)
  await app.request("/products/42")
  shelves.queries.length = 0
  const list = await app.request("/products?ids=41,42,43")
  expect(list.headers.get("x-versions")).toBe("product:41@1, product:42@1, product:43@1")
  expect(shelves.queries).toEqual(["find-products 41,43"])
  await app.request("/products/43")
  expect(shelves.queries).toHaveLength(1)
})

test("with and without a cache, the same requests run the same queries as long as nothing is read twice", async () => {
  await using holdfast = cached()
  const queriesOf = async (maker: CacheMaker): Promise<string[]> => {
    const { app, shelves, edit } = shopOf(maker)
    for (const path of ["/categories/3", "/categories/4?sort=name", "/products?ids=41,44,41", "/products/42"]) {
      await app.request(path)
    }
    await edit(42)
    await app.request("/categories/3")
    return shelves.queries
  }
  expect(await queriesOf(withoutCache())).toEqual(await queriesOf(holdfast))
})
