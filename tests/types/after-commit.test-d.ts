import { createHoldfast, type Unit, type UnitDelivery, type WriteContext } from "holdfast"
import { expectTypeOf, test } from "vitest"

const holdfast = createHoldfast({ namespace: "shop" })
const products = holdfast.cache({ name: "product", ttl: "1m", load: async (id: string) => ({ id }) })
const pages = holdfast.cache({
  name: "page",
  ttl: "1m",
  load: async ([, page]: [tenant: string, page: number]) => ({ page }),
})
const visits = holdfast.cache<number, Date>({ name: "visit", ttl: "1m" })
declare const productUpdated: { publish(payload: { readonly id: string }): Promise<{ readonly entry: string }> }

test("afterCommit answers what its work answers, later or at once", () => {
  expectTypeOf(holdfast.afterCommit(async () => 7 as const)).toEqualTypeOf<Promise<7>>()
  expectTypeOf(holdfast.afterCommit(() => "now" as const)).toEqualTypeOf<Promise<"now">>()
  expectTypeOf(holdfast.afterCommit((unit: Unit) => unit.clear(visits))).toEqualTypeOf<Promise<void>>()
})

test("keys are those of their cache, with or without a loader", async () => {
  await holdfast.afterCommit((unit) => {
    unit.invalidate(products, "42")
    unit.invalidate(products, "42", { expire: true, version: 7n })
    unit.invalidate(pages, ["acme", 3])
    unit.invalidateMany(visits, [1, 2])
    unit.clear(visits)
    // @ts-expect-error the keys of this cache are text
    unit.invalidate(products, 42)
    // @ts-expect-error the keys of this cache are pairs
    unit.invalidate(pages, ["acme"])
    // @ts-expect-error nobody can leave: nothing is sent yet
    unit.invalidate(products, "42", { timeout: "1s" })
    // @ts-expect-error not a cache
    unit.clear("products")
  })
})

test("payloads are those of their event", async () => {
  await holdfast.afterCommit((unit) => {
    unit.publish(productUpdated, { id: "42" })
    // @ts-expect-error an id is text
    unit.publish(productUpdated, { id: 42 })
    // @ts-expect-error an event has a payload
    unit.publish(productUpdated)
  })
})

test("collecting answers nothing, and waiting for windows what a writer is told", async () => {
  await holdfast.afterCommit(async (unit) => {
    expectTypeOf(unit.invalidate(products, "42")).toBeVoid()
    expectTypeOf(unit.publish(productUpdated, { id: "42" })).toBeVoid()
    expectTypeOf(await unit.opened()).toEqualTypeOf<WriteContext>()
  })
})

test("options", async () => {
  await holdfast.afterCommit(() => {}, {
    onThrow: (error) => (error instanceof RangeError ? "drop" : "invalidate"),
    onDelivery: (delivery) => void expectTypeOf(delivery).toEqualTypeOf<UnitDelivery>(),
  })
  // @ts-expect-error one of two words
  await holdfast.afterCommit(() => {}, { onThrow: "keep" })
})
