import { expect, test } from "vitest"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { nearTier } from "../near/near-tier.ts"
import { switchable, testBed } from "./cache.fixture.ts"

interface Row {
  readonly version: number
  readonly text: string
}

test("a put that cannot be stored leaves no copy of what it should have replaced, while the store does not know of a change", async () => {
  let isOff = false
  const away = (): HoldfastError => new HoldfastError("STORE_UNAVAILABLE", "Away.")
  const { holdfast } = testBed((store) => switchable(store, () => isOff, away), { nearTier })
  let row: Row = { version: 1, text: "" }
  const cache = holdfast.cache({
    name: "row",
    ttl: "60s",
    maxValueBytes: 100,
    load: async (_id: string) => row,
    version: ({ version }) => version,
  })
  await cache.get("a")
  isOff = true
  row = { version: 2, text: "" }
  expect(await cache.invalidate("a")).toEqual({ delivered: false })
  isOff = false
  row = { version: 3, text: "x".repeat(200) }
  expect(await cache.put("a", row)).toEqual({ stored: false, delivered: false })
  expect((await cache.get("a"))?.version).toBe(3)
})
