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

test("after close, health says that it is closed", async () => {
  const { holdfast } = testBed()
  await holdfast.close()
  expect(await holdfast.health()).toMatchObject({
    status: "down",
    ok: false,
    reasons: [expect.stringContaining("closed")],
  })
})
