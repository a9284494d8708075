import { createHoldfast, presets, type PuttableCache, type ReadThroughCache } from "holdfast"
import { expectTypeOf, test } from "vitest"

interface Product {
  readonly id: string
  readonly name: string
  readonly version: bigint
}

const holdfast = createHoldfast({ namespace: "shop" })

declare function findProduct(id: string, options?: { signal: AbortSignal }): Promise<Product | null>
declare function findOrder(tenant: string, id: number): Promise<Product | undefined>

test("K and V infer from a loader whose only annotation is its key's", () => {
  const products = holdfast.cache({ name: "product", ttl: "10m", load: async (id: string) => ({ id, price: 1 }) })
  expectTypeOf(products).toEqualTypeOf<ReadThroughCache<string, { id: string; price: number }>>()
  expectTypeOf(products.get).parameter(0).toEqualTypeOf<string>()
})

test("they infer when the loader takes its context apart", () => {
  const products = holdfast.cache({
    name: "product",
    ttl: "10m",
    load: (id: string, { signal, key, previous, reason }) => {
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
      expectTypeOf(key).toEqualTypeOf<string>()
      expectTypeOf(previous).toEqualTypeOf<unknown>()
      expectTypeOf(reason).toEqualTypeOf<"miss" | "stale" | "early" | "refresh">()
      return findProduct(id, { signal })
    },
  })
  expectTypeOf(products).toEqualTypeOf<ReadThroughCache<string, Product>>()
})

test("`V | null` and `V | undefined` of an ORM mean V, and `get` answers `V | undefined`", () => {
  const nullable = holdfast.cache({ name: "a", ttl: "10m", load: (id: string) => findProduct(id) })
  expectTypeOf(nullable.get).returns.resolves.toEqualTypeOf<Product | undefined>()
  expectTypeOf(nullable.peek).returns.resolves.toEqualTypeOf<Product | undefined>()
  expectTypeOf(nullable.refresh).returns.resolves.toEqualTypeOf<Product | undefined>()

  const optional = holdfast.cache({ name: "b", ttl: "10m", load: (id: number) => findOrder("acme", id) })
  expectTypeOf(optional).toEqualTypeOf<ReadThroughCache<number, Product>>()

  const either = holdfast.cache({
    name: "c",
    ttl: "10m",
    load: async (id: string) => (id === "" ? undefined : findProduct(id)),
  })
  expectTypeOf(either).toEqualTypeOf<ReadThroughCache<string, Product>>()
})

test("they infer beside every preset", () => {
  const load = (id: string): Promise<Product | null> => findProduct(id)
  const caches = [
    holdfast.cache({ name: "a", ...presets.staticContent, load }),
    holdfast.cache({ name: "b", ...presets.userProfile, load }),
    holdfast.cache({ name: "c", ...presets.productCatalog, load }),
    holdfast.cache({ name: "d", ...presets.priceInventory, load }),
    holdfast.cache({ name: "e", ...presets.session, load }),
    holdfast.cache({ name: "f", ...presets.configuration, load }),
  ]
  expectTypeOf(caches).toEqualTypeOf<ReadThroughCache<string, Product>[]>()
})

test("a preset may be overridden, before or after the loader", () => {
  const products = holdfast.cache({
    name: "product",
    ...presets.productCatalog,
    ttl: { minutes: 5 },
    load: (id: string, { signal }) => findProduct(id, { signal }),
    grace: "2h",
  })
  expectTypeOf(products).toEqualTypeOf<ReadThroughCache<string, Product>>()
})

test("object keys infer", () => {
  const pages = holdfast.cache({
    name: "page",
    ttl: "1m",
    load: async ({ tenant, page }: { tenant: string; page: number }) => ({ title: `${tenant} ${page}` }),
  })
  expectTypeOf(pages).toEqualTypeOf<ReadThroughCache<{ tenant: string; page: number }, { title: string }>>()
})

test("tuple keys infer", () => {
  const orders = holdfast.cache({
    name: "order",
    ...presets.userProfile,
    load: ([tenant, id]: readonly [string, number], { signal }) => (signal.aborted ? undefined : findOrder(tenant, id)),
  })
  expectTypeOf(orders).toEqualTypeOf<ReadThroughCache<readonly [string, number], Product>>()
  expectTypeOf(orders.get).toBeCallableWith(["acme", 7])
})

test("`version`, `key` and `group` see the types that the loader gave", () => {
  const products = holdfast.cache({
    name: "product",
    ...presets.productCatalog,
    load: (id: string, { signal }) => findProduct(id, { signal }),
    version: (product) => {
      expectTypeOf(product).toEqualTypeOf<Product>()
      return product.version
    },
    key: (id) => {
      expectTypeOf(id).toEqualTypeOf<string>()
      return id
    },
    group: (id) => {
      expectTypeOf(id).toEqualTypeOf<string>()
      return `user:${id}`
    },
  })
  expectTypeOf(products).toEqualTypeOf<ReadThroughCache<string, Product> & PuttableCache<string, Product>>()
})

test("a cache without a loader names its types", () => {
  const profiles = holdfast.cache<string, Product>({ name: "profile", ttl: "30m" })
  expectTypeOf(profiles).toEqualTypeOf<PuttableCache<string, Product>>()
})
