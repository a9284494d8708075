import { createHoldfast, presets, type PuttableCache, type ReadThroughCache } from "holdfast"
import { expectTypeOf, test } from "vitest"

interface Product {
  readonly id: string
  readonly categoryId: number
  readonly version: number
}

const holdfast = createHoldfast({ namespace: "shop" })

declare function findProduct(id: string, options?: { signal: AbortSignal }): Promise<Product | null>

test("`tags` sees the types that the loader gave, and undefined for an absence", () => {
  const products = holdfast.cache({
    name: "product",
    ...presets.productCatalog,
    load: (id: string, { signal }) => findProduct(id, { signal }),
    tags: (product, id) => {
      expectTypeOf(product).toEqualTypeOf<Product | undefined>()
      expectTypeOf(id).toEqualTypeOf<string>()
      return product && [`category:${product.categoryId}`]
    },
    version: (product) => product.version,
  })
  expectTypeOf(products).toEqualTypeOf<ReadThroughCache<string, Product> & PuttableCache<string, Product>>()
})

test("K and V infer beside `tags` without any other annotation", () => {
  const pages = holdfast.cache({
    name: "page",
    ttl: "1m",
    load: async ({ tenant, page }: { tenant: string; page: number }) => ({ title: `${tenant} ${page}` }),
    tags: (_page, { tenant }) => [`tenant:${tenant}`],
  })
  expectTypeOf(pages).toEqualTypeOf<ReadThroughCache<{ tenant: string; page: number }, { title: string }>>()
})

test("a cache without a loader has tags too", () => {
  const profiles = holdfast.cache<string, Product>({
    name: "profile",
    ttl: "30m",
    tags: (_profile, id) => [`user:${id}`],
  })
  expectTypeOf(profiles).toEqualTypeOf<PuttableCache<string, Product>>()
})

test("an absence may not be taken for a value, and tags are an array of texts", () => {
  const load = (id: string): Promise<Product | null> => findProduct(id)
  // @ts-expect-error the product may be undefined
  holdfast.cache({ name: "a", ttl: "1m", load, tags: (product) => [`category:${product.categoryId}`] })
  // @ts-expect-error one text is no array
  holdfast.cache({ name: "a", ttl: "1m", load, tags: () => "category:7" })
  // @ts-expect-error numbers are no texts
  holdfast.cache({ name: "a", ttl: "1m", load, tags: () => [7] })
})

test("`invalidateTags` and `clear` tell whether they were delivered", () => {
  const products = holdfast.cache({ name: "product", ttl: "1m", load: (id: string) => findProduct(id) })
  expectTypeOf(holdfast.invalidateTags).returns.resolves.toEqualTypeOf<{ readonly delivered: boolean }>()
  expectTypeOf(holdfast.invalidateTags).toBeCallableWith(["category:7"], { timeout: "1s" })
  expectTypeOf(products.clear).returns.resolves.toEqualTypeOf<{ readonly delivered: boolean }>()
  // @ts-expect-error one text is no array
  void holdfast.invalidateTags("category:7")
})
