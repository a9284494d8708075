import { expect, test } from "vitest"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { overriding, testBed } from "./cache.fixture.ts"

test("a reader that waits for another load takes nothing from a store that does not know of a change made meanwhile", async () => {
  let leases = 0
  const away = new HoldfastError("STORE_UNAVAILABLE", "Away.")
  const { clock, holdfast, memory, peer } = testBed((store) =>
    overriding(store, {
      invalidate: () => Promise.reject(away),
      onWake: () => () => {},
      lease: (...args) => (leases++ === 0 ? Promise.resolve({ is: "wait" }) : store.lease(...args)),
    }),
  )
  const row = { v: 1 }
  const options = { name: "item", ttl: "10m", local: false, load: async (): Promise<number> => row.v } as const
  const cache = holdfast.cache(options)
  const reading = cache.get("a")
  await clock.advance(10)
  expect(await peer(memory).cache(options).get("a")).toBe(1)
  row.v = 2
  expect(await cache.invalidate("a")).toEqual({ delivered: false })
  await clock.advance(10_000)
  expect([await reading, leases]).toEqual([2, 1])
})
