import { expect, test } from "vitest"
import { deferred } from "../internal/deferred.ts"
import { eventBed } from "./events.fixture.ts"

test("a handler that was subscribed in the work of a unit may change what is cached while the unit is open", async () => {
  const bed = eventBed()
  const holdfast = bed.process()
  const cache = holdfast.cache<string, string>({ name: "item", ttl: "10m" })
  const event = holdfast.event<number>("n")
  const gate = deferred<void>()
  const results: unknown[] = []
  const working = holdfast.afterCommit(async () => {
    const handler = async (): Promise<void> =>
      void results.push(await cache.invalidate("a").catch((error: unknown) => error))
    event.subscribe({ group: "g", handler })
    await gate.promise
  })
  await bed.clock.settle()
  await event.publish(1)
  await bed.clock.settle()
  expect(results).toEqual([{ delivered: true }])
  gate.resolve()
  await working
  await holdfast.close()
})

test.each(["keys", "tags"] as const)(
  "a cache with %s that was made in the work of a unit is cleared by events while the unit is open",
  async (by) => {
    const bed = eventBed()
    const holdfast = bed.process()
    const event = holdfast.event<number>("n")
    const gate = deferred<void>()
    const fail = (): never => {
      throw new Error("no key")
    }
    const unknown = by === "keys" ? event.keys<string>(fail) : event.tags(fail)
    const working = holdfast.afterCommit(async () => {
      holdfast.cache<string, string>({ name: "item", ttl: "10m", invalidateOn: [unknown] })
      await gate.promise
    })
    await bed.clock.settle()
    bed.reported.length = 0
    await event.publish(1)
    await bed.clock.settle()
    expect(bed.reported.map(({ name }) => name)).toContain("clear")
    gate.resolve()
    await working
    await holdfast.close()
  },
)

test("a unit refuses at once what cannot be published, and publishes what its payload was when it was named", async () => {
  const bed = eventBed()
  const holdfast = bed.process()
  const event = holdfast.event<unknown>("n", { maxEventBytes: 20 })
  const heard: unknown[] = []
  event.subscribe({ group: "g", handler: (payload) => void heard.push(payload) })
  await bed.clock.settle()
  const payload = { id: "1" }
  await holdfast.afterCommit((unit) => {
    expect(() => unit.publish(event, () => {})).toThrow(/VALUE_NOT_ENCODABLE/)
    expect(() => unit.publish(event, "x".repeat(30))).toThrow(/EVENT_TOO_LARGE/)
    unit.publish(event, payload)
    payload.id = "2"
  })
  await bed.clock.settle()
  expect(heard).toEqual([{ id: "1" }])
  expect(event.stats()).toMatchObject({ published: 1, publishErrors: 0 })
  await holdfast.close()
})

test("an event is not published before the commit that it is about, but by a unit or after it", async () => {
  const bed = eventBed()
  const holdfast = bed.process()
  const event = holdfast.event<string>("n")
  const heard: string[] = []
  event.subscribe({ group: "g", handler: (payload) => void heard.push(payload) })
  await bed.clock.settle()
  await holdfast.afterCommit(async (unit) => {
    await expect(event.publish("before")).rejects.toMatchObject({
      code: "INSIDE_TRANSACTION",
      message: expect.stringContaining("Call `unit.publish`"),
      facts: { call: "publish" },
    })
    unit.publish(event, "committed")
  })
  await event.publish("after")
  await bed.clock.settle()
  expect(heard).toEqual(["committed", "after"])
  await holdfast.close()
})
