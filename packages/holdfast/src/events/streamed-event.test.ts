import { expect, test } from "vitest"
import { eventBed } from "./events.fixture.ts"

interface Product {
  readonly id: string
}

test("wrong options are refused where they are given", async () => {
  const holdfast = eventBed().process()
  const event = holdfast.event<Product>("e")
  expect(() => holdfast.event("e")).toThrow(/has an event "e" already/)
  expect(() => holdfast.event("a:b")).toThrow(/INVALID_OPTION/)
  expect(() => holdfast.event("f", { retention: 5 as never })).toThrow(/INVALID_DURATION/)
  expect(() => holdfast.event("f", { retentions: "1d" } as never)).toThrow(/is `retention` meant/)
  expect(() => holdfast.channel("c")).toThrow(/in one process there is none/)
  expect(() => event.keys("id" as never)).toThrow(/takes a function/)
  const options = { name: "c", ttl: "1h" } as const
  expect(() => holdfast.cache<string, string>({ ...options, invalidateOn: [event] as never })).toThrow(/invalidateOn/)
  await holdfast.close()
  await expect(event.publish({ id: "1" })).rejects.toMatchObject({ code: "CLOSED" })
})

test("what is too large or cannot be encoded is not published, and neither is what the store does not take", async () => {
  const bed = eventBed()
  const holdfast = bed.process()
  const event = holdfast.event<unknown>("e", { maxEventBytes: 20 })
  await expect(event.publish("x".repeat(30))).rejects.toMatchObject({ code: "EVENT_TOO_LARGE" })
  await expect(event.publish(() => {})).rejects.toMatchObject({ code: "VALUE_NOT_ENCODABLE" })
  await expect(event.publish("x", { id: "a b" })).rejects.toMatchObject({ code: "INVALID_OPTION" })
  bed.isAway = true
  await expect(event.publish("x")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" })
  expect(event.stats()).toEqual({ name: "e", published: 0, publishErrors: 4, readers: [] })
  bed.isAway = false
  expect(await event.publish("x", { id: "order-7.1" })).toEqual({ id: "order-7.1", delivered: true })
  await holdfast.close()
})
