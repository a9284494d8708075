import { expect, test } from "vitest"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { overriding, switchable, testBed } from "./cache.fixture.ts"

test("close delivers what the store could not be told before", async () => {
  let off = false
  const away = (): Error => new HoldfastError("STORE_UNAVAILABLE", "off.")
  const { holdfast, peer } = testBed((store) =>
    switchable(overriding(store, { close: async () => {} }), () => off, away),
  )
  const other = peer().cache({ name: "item", ttl: "10s", load: async (_id: string) => "v1" })
  await other.get("a")
  off = true
  const cache = holdfast.cache({ name: "item", ttl: "10s", load: async (_id: string) => "v2" })
  expect(await cache.invalidate("a")).toEqual({ delivered: false })
  off = false
  expect((await other.explain("a")).state).toBe("fresh")
  await holdfast.close()
  expect((await other.explain("a")).state).toBe("absent")
})

function storeAway() {
  const state = { off: true }
  const away = (): Error => new HoldfastError("STORE_UNAVAILABLE", "off.")
  const bed = testBed((store) =>
    overriding(
      switchable(store, () => state.off, away),
      { close: async () => {} },
    ),
  )
  return { ...bed, state, cache: bed.holdfast.cache({ name: "item", ttl: "10s", load: async (_id: string) => "v" }) }
}

test("close tries again to deliver as long as it may, and keeps the process alive for that", async () => {
  const { holdfast, cache, clock, state, events } = storeAway()
  await cache.invalidate("a")
  const closing = holdfast.close({ timeout: "5s" })
  await clock.advance(3000)
  expect(clock.held).toBe(1)
  state.off = false
  await clock.runUntil(closing, 1500)
  expect((await holdfast.health()).undelivered).toBe(0)
  expect(events.map(({ name }) => name)).not.toContain("closed-undelivered")
  expect(clock.held).toBe(0)
})

test("what close could not deliver in its time is told, and stays in health", async () => {
  const { holdfast, cache, clock, events } = storeAway()
  await Promise.all([cache.invalidate("a"), cache.invalidate("b")])
  await clock.runUntil(holdfast.close({ timeout: "5s" }), 5001)
  expect(events).toContainEqual({ name: "closed-undelivered", pending: 2 })
  expect(await holdfast.health()).toMatchObject({ undelivered: 2, status: "down" })
})

test("after close, health says that it is closed", async () => {
  const { holdfast } = testBed()
  await holdfast.close()
  expect(await holdfast.health()).toMatchObject({
    status: "down",
    ok: false,
    reasons: [expect.stringContaining("closed")],
  })
})
