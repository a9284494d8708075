import {
  createHoldfast,
  type CallOptions,
  type DomainEvent,
  type EventMessage,
  type InvalidationRule,
  type ReadThroughCache,
} from "holdfast"
import { expectTypeOf, test } from "vitest"

interface Product {
  readonly id: string
  readonly tenant: string
  readonly number: number
}

const holdfast = createHoldfast({ namespace: "shop" })
const updated = holdfast.event<Product>("product.updated")
const load = async (id: string): Promise<Product | null> => ({ id, tenant: "t", number: 1 })

test("the payload is that of the event, wherever it goes", () => {
  expectTypeOf(updated).toEqualTypeOf<DomainEvent<Product>>()
  expectTypeOf(updated.publish).parameter(0).toEqualTypeOf<Product>()
  updated.subscribe({
    group: "g",
    handler: (product, message) => {
      expectTypeOf(product).toEqualTypeOf<Product>()
      expectTypeOf(message).toEqualTypeOf<EventMessage>()
    },
    onGivenUp: (product, _message, error) => {
      expectTypeOf(product).toEqualTypeOf<Product>()
      expectTypeOf(error).toEqualTypeOf<unknown>()
    },
  })
  expectTypeOf(updated.tags((product) => [product.tenant])).toEqualTypeOf<InvalidationRule<never>>()
  const channel = holdfast.channel<{ sku: string }>("legacy")
  expectTypeOf(channel.keys((message) => [message.sku])).toEqualTypeOf<InvalidationRule<string>>()
})

test("rules fit the keys of the cache, and take no part in what it infers", () => {
  const products = holdfast.cache({
    name: "product",
    ttl: "1m",
    load,
    invalidateOn: [updated.keys(({ id }) => [id]), updated.tags(({ tenant }) => [tenant])],
  })
  expectTypeOf(products).toEqualTypeOf<ReadThroughCache<string, Product>>()
  // @ts-expect-error The keys of this cache are texts.
  holdfast.cache({ name: "wrong", ttl: "1m", load, invalidateOn: [updated.keys(({ number }) => [number])] })
  // @ts-expect-error A text is no array.
  updated.keys(({ id }) => id)
})

test("tuples stay tuples", () => {
  const pages = holdfast.cache({
    name: "page",
    ttl: "1m",
    load: async ([tenant, number]: readonly [string, number]) => `${tenant} ${number}`,
    invalidateOn: [updated.keys(({ tenant, number }) => [[tenant, number]])],
  })
  expectTypeOf(pages).toEqualTypeOf<ReadThroughCache<readonly [string, number], string>>()
})

test("a handler may answer whatever the call that it ends with answers, if that is awaited", () => {
  const index = async (id: string): Promise<number> => id.length
  const query: PromiseLike<readonly string[]> = Promise.resolve([])
  updated.subscribe({
    group: "g",
    handler: ({ id }) => index(id),
    onGap: () => query,
    onGivenUp: ({ id }) => index(id),
  })
  // @ts-expect-error A function that is not called handles nothing.
  updated.subscribe({ group: "h", handler: () => index })
})

test("who waits until the caches have caught up may give up", () => {
  expectTypeOf(holdfast.caughtUp).parameter(0).toEqualTypeOf<CallOptions | undefined>()
  expectTypeOf(holdfast.caughtUp).returns.toEqualTypeOf<Promise<void>>()
})

test("durations need their unit", () => {
  // @ts-expect-error A bare number.
  holdfast.event<string>("e", { retention: 60 })
  // @ts-expect-error A bare number.
  updated.subscribe({ group: "g", handler: () => {}, attemptTimeout: 5 })
})
