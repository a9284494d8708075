import { expect, test } from "vitest"
import type { EntryPolicy } from "./cache-options.ts"
import { testBed } from "./cache.fixture.ts"
import { presets } from "./presets.ts"

test("every preset makes a cache", () => {
  const { holdfast } = testBed()
  const policies: Record<string, EntryPolicy> = presets
  for (const [name, policy] of Object.entries(policies)) {
    expect(holdfast.cache({ name, ...policy, load: async (_id: string) => 1 }).name).toBe(name)
  }
})

test("the ttl table of the presets is kept", () => {
  expect(Object.entries(presets).map(([name, { ttl }]) => `${name} ${ttl}`)).toEqual([
    "staticContent 24h",
    "userProfile 30m",
    "productCatalog 10m",
    "priceInventory 45s",
    "session 30m",
    "configuration 30s",
  ])
})
