import { BatchPartialError, createHoldfast, type LoadManyContext, presets, type ReadThroughCache } from "holdfast"
import { expectTypeOf, test } from "vitest"

interface Product {
  readonly id: string
  readonly name: string
  readonly version: bigint
}

const holdfast = createHoldfast({ namespace: "shop" })

declare function findProduct(id: string): Promise<Product | null>
declare function findProducts(ids: readonly string[], options?: { signal: AbortSignal }): Promise<Product[]>
declare function productsById(ids: readonly string[]): Promise<Map<string, Product>>
declare function productOrNull(id: string): Product | null

const load = (id: string): Promise<Product | null> => findProduct(id)

test("`loadMany` takes its types from `load`, and its parameters need no annotation", () => {
  const products = holdfast.cache({
    name: "product",
    ...presets.productCatalog,
    load: (id: string, { signal }) => (signal.aborted ? null : findProduct(id)),
    loadMany: async (ids, context) => {
      expectTypeOf(ids).toEqualTypeOf<readonly string[]>()
      expectTypeOf(context).toEqualTypeOf<LoadManyContext<string>>()
      expectTypeOf(context.previous).toEqualTypeOf<ReadonlyMap<string, unknown>>()
      return productsById(ids)
    },
  })
  expectTypeOf(products).toEqualTypeOf<ReadThroughCache<string, Product>>()
  expectTypeOf(products.getMany).parameter(0).toEqualTypeOf<readonly string[]>()
  expectTypeOf(products.getMany).returns.resolves.toEqualTypeOf<(Product | undefined)[]>()
})

test("a new Map of what was found infers, and so do gaps in it", () => {
  const squares = holdfast.cache({
    name: "a",
    ttl: "10m",
    load: async (n: number) => ({ n, square: n * n }),
    loadMany: async (ns) => new Map(ns.map((n) => [n, { n, square: n * n }])),
  })
  expectTypeOf(squares).toEqualTypeOf<ReadThroughCache<number, { n: number; square: number }>>()
  const products = holdfast.cache({
    name: "b",
    ttl: "10m",
    load,
    loadMany: (ids) => new Map(ids.map((id) => [id, productOrNull(id)])),
  })
  expectTypeOf(products).toEqualTypeOf<ReadThroughCache<string, Product>>()
})

test("rows infer with `keyOf`, whose parameter is the value", () => {
  const products = holdfast.cache({
    name: "product",
    ttl: "10m",
    load,
    loadMany: (ids, { signal }) => findProducts(ids, { signal }),
    keyOf: (product) => {
      expectTypeOf(product).toEqualTypeOf<Product>()
      return product.id
    },
    version: (product) => product.version,
  })
  expectTypeOf(products).toExtend<ReadThroughCache<string, Product>>()
  expectTypeOf(products).toHaveProperty("put")
})

test("`batch` changes no type, and is written as what it is", () => {
  const byMap = holdfast.cache({ name: "a", ttl: "10m", load, loadMany: productsById, batch: true })
  expectTypeOf(byMap).toEqualTypeOf<ReadThroughCache<string, Product>>()
  const byRows = holdfast.cache({
    name: "b",
    ttl: "10m",
    load,
    loadMany: (ids) => findProducts(ids),
    keyOf: (product) => product.id,
    batch: { maxSize: 100 },
  })
  expectTypeOf(byRows).toEqualTypeOf<ReadThroughCache<string, Product>>()
  // @ts-expect-error a size is named
  holdfast.cache({ name: "c", ttl: "10m", load, loadMany: productsById, batch: 100 })
})

test("tuple keys infer", () => {
  const orders = holdfast.cache({
    name: "order",
    ttl: "10m",
    load: async ([tenant, id]: readonly [string, number]) => ({ tenant, id }),
    loadMany: async (keys) => keys.map(([tenant, id]) => ({ tenant, id })),
    keyOf: ({ tenant, id }) => [tenant, id],
  })
  expectTypeOf(orders).toEqualTypeOf<ReadThroughCache<readonly [string, number], { tenant: string; id: number }>>()
})

test("rows without `keyOf`, other values and other keys are refused", () => {
  // @ts-expect-error which row belongs to which key?
  holdfast.cache({ name: "a", ttl: "10m", load, loadMany: (ids) => findProducts(ids) })
  // @ts-expect-error a number is no product
  holdfast.cache({ name: "a", ttl: "10m", load, loadMany: async (ids) => new Map(ids.map((id) => [id, 1])) })
  // @ts-expect-error the keys are texts
  holdfast.cache({ name: "a", ttl: "10m", load, loadMany: (ids) => findProducts(ids), keyOf: () => 1 })
  // @ts-expect-error nothing answers rows
  holdfast.cache({ name: "a", ttl: "10m", load, keyOf: (product) => product.id })
  // @ts-expect-error one value is read somehow, too
  holdfast.cache<string, Product>({ name: "a", ttl: "10m", loadMany: productsById })
})

test("`getMany` exists only with a loader", () => {
  const manual = holdfast.cache<string, Product>({ name: "a", ttl: "10m" })
  expectTypeOf(manual).not.toHaveProperty("getMany")
  const products = holdfast.cache({ name: "b", ttl: "10m", load })
  expectTypeOf(products.getMany).toBeCallableWith(["1", "2"], { timeout: "1s" })
  // @ts-expect-error the keys are texts
  void products.getMany([1])
})

test("what a partial batch holds is typed by who asks", () => {
  expectTypeOf<BatchPartialError<string, Product>["values"]>().toEqualTypeOf<ReadonlyMap<string, Product | undefined>>()
  expectTypeOf<BatchPartialError<string, Product>["errors"]>().toEqualTypeOf<ReadonlyMap<string, unknown>>()
  const error: unknown = undefined
  if (error instanceof BatchPartialError) expectTypeOf(error.code).toBeString()
})
