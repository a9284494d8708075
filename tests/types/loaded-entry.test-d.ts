import { createHoldfast, type LoadedEntry, presets, type ReadThroughCache, type Unchanged } from "holdfast"
import { expectTypeOf, test } from "vitest"

interface Product {
  readonly id: string
  readonly soldOut: boolean
}

const holdfast = createHoldfast({ namespace: "shop" })

declare function findProduct(id: string): Promise<Product | null>
declare function productsById(ids: readonly string[]): Promise<Map<string, Product>>

test("a loader that speaks of its entry infers as one that does not", () => {
  const products = holdfast.cache({
    name: "product",
    ...presets.productCatalog,
    load: async (id: string, { entry }) => {
      expectTypeOf(entry).toEqualTypeOf<LoadedEntry>()
      const product = await findProduct(id)
      if (product === null) entry.skip()
      else if (product.soldOut) entry.ttl("5m")
      return product
    },
    loadMany: async (ids, { entry }) => {
      expectTypeOf(entry).parameter(0).toEqualTypeOf<string>()
      for (const id of ids) entry(id).ttl({ minutes: 5 })
      return productsById(ids)
    },
  })
  expectTypeOf(products).toEqualTypeOf<ReadThroughCache<string, Product>>()
})

test("a value that is unchanged is no other type of value", () => {
  const products = holdfast.cache({
    name: "product",
    ...presets.productCatalog,
    load: async (id: string, { previous, entry }) => {
      expectTypeOf(entry.unchanged()).toEqualTypeOf<Unchanged>()
      return previous === undefined ? findProduct(id) : entry.unchanged()
    },
    version: (product) => (product.soldOut ? 1 : 0),
    loadMany: async (ids, { entry }) => new Map(ids.map((id) => [id, entry(id).unchanged()])),
  })
  expectTypeOf(products.get).returns.resolves.toEqualTypeOf<Product | undefined>()
  const literals = holdfast.cache({
    name: "literal",
    ttl: "10m",
    load: (id: string, { entry, reason }) => (reason === "stale" ? entry.unchanged() : { id, soldOut: false }),
  })
  expectTypeOf(literals).toEqualTypeOf<ReadThroughCache<string, { id: string; soldOut: boolean }>>()
  const texts = holdfast.cache({
    name: "text",
    ttl: "10m",
    load: async (id: string, { entry, reason }) => {
      if (reason === "stale") return entry.unchanged()
      return id
    },
  })
  expectTypeOf(texts).toEqualTypeOf<ReadThroughCache<string, string>>()
  const loose = holdfast.cache({
    name: "loose",
    ttl: "10m",
    load: async (id: string, { entry, reason }): Promise<{ note?: string } | Unchanged> =>
      reason === "stale" ? entry.unchanged() : { note: id },
  })
  expectTypeOf(loose).toEqualTypeOf<ReadThroughCache<string, { note?: string }>>()
})

test("durations have their unit, and keys their type, here too", () => {
  holdfast.cache({
    name: "product",
    ttl: "10m",
    load: (id: string, { entry }) => {
      // @ts-expect-error a bare number
      entry.ttl(300)
      return findProduct(id)
    },
    loadMany: (ids, { entry }) => {
      // @ts-expect-error the keys are texts
      entry(1).skip()
      return productsById(ids)
    },
  })
})
