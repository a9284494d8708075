import {
  createHoldfast,
  type CacheStatsSnapshot,
  type Delivery,
  type ErrorCode,
  hasCode,
  HoldfastError,
  type HoldfastEvent,
  type Lookup,
} from "holdfast"
import { expectTypeOf, test } from "vitest"

interface Product {
  readonly id: string
  readonly version: number
}

const holdfast = createHoldfast({ namespace: "shop" })
declare function findProduct(id: string): Promise<Product | null>
declare function updateProduct(id: string): Promise<Product>

const loading = holdfast.cache({ name: "a", ttl: "10m", load: (id: string) => findProduct(id) })
const versioned = holdfast.cache({
  name: "b",
  ttl: "10m",
  load: (id: string) => findProduct(id),
  version: (product) => product.version,
})
const manual = holdfast.cache<string, Product>({ name: "c", ttl: "10m" })

test("`put` exists only with a version or without a loader", () => {
  expectTypeOf(loading).not.toHaveProperty("put")
  expectTypeOf(versioned).toHaveProperty("put")
  expectTypeOf(manual).toHaveProperty("put")
  // @ts-expect-error a value put beside a loader could already be old
  void loading.put("42", { id: "42", version: 1 })
})

test("`get` and `refresh` exist only with a loader", () => {
  expectTypeOf(manual).not.toHaveProperty("get")
  expectTypeOf(manual).not.toHaveProperty("refresh")
  expectTypeOf(versioned.get).returns.resolves.toEqualTypeOf<Product | undefined>()
})

test("keys and values are checked", () => {
  // @ts-expect-error the key is text
  void loading.get(42)
  // @ts-expect-error the value lacks its version
  void versioned.put("42", { id: "42" })
  // @ts-expect-error the value is no product
  void manual.put("42", "a product")
})

test("a writer answers the cache's value, null or nothing", () => {
  void loading.write("42", () => updateProduct("42"))
  void loading.write("42", () => findProduct("42"))
  void loading.write("42", () => undefined)
  void loading.write("42", async () => undefined)
  // @ts-expect-error a row count is no product
  void loading.write("42", async () => 1)
  // @ts-expect-error a product without its version
  void loading.write("42", async () => ({ id: "42" }))
  // @ts-expect-error the writer is a function, not a value
  void loading.write("42", updateProduct("42"))
})

test("writes and invalidations say what became of them", () => {
  expectTypeOf(loading.write("42", () => updateProduct("42"))).resolves.toExtend<{
    value: Product | undefined
    stored: boolean
    delivered: boolean
  }>()
  expectTypeOf(loading.invalidate("42")).resolves.toEqualTypeOf<Delivery>()
  expectTypeOf(versioned.put("42", { id: "42", version: 2 })).resolves.toExtend<{
    stored: boolean
    delivered: boolean
  }>()
})

test("a lookup is a hit or a miss with a lease", async () => {
  const found = await manual.lookup("42")
  expectTypeOf(found).toEqualTypeOf<Lookup<Product>>()
  if (found.hit) {
    expectTypeOf(found.value).toEqualTypeOf<Product | undefined>()
    // @ts-expect-error a hit has nothing to fill
    void found.fill
  } else {
    expectTypeOf(found.fill).parameter(0).toEqualTypeOf<Product | undefined>()
    expectTypeOf(found.fill).returns.resolves.toEqualTypeOf<boolean>()
    expectTypeOf(found).toExtend<AsyncDisposable>()
  }
})

test("errors and events are told apart by one field", () => {
  const error: unknown = undefined
  if (error instanceof HoldfastError) expectTypeOf(error.code).toEqualTypeOf<ErrorCode>()
  if (hasCode(error, "LOAD_TIMEOUT")) expectTypeOf(error).toEqualTypeOf<HoldfastError>()
  // @ts-expect-error no such code
  hasCode(error, "TIMEOUT")
  const event = {} as HoldfastEvent
  if (event.name === "undelivered") expectTypeOf(event.pending).toEqualTypeOf<number>()
})

test("figures and disposal", () => {
  expectTypeOf(loading.stats()).toEqualTypeOf<CacheStatsSnapshot>()
  expectTypeOf(holdfast).toExtend<AsyncDisposable>()
})
