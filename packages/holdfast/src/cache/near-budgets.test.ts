import { expect, test } from "vitest"
import { nearTier } from "../near/near-tier.ts"
import { testBed } from "./cache.fixture.ts"
import type { ReadThroughCache } from "./cache-kinds.ts"
import type { LocalOptions } from "./cache-options.ts"

const ids = ["a", "b", "c", "d", "e"]

/** A cache that has got five entries of one size, from its loads or from the store. */
async function filled(from: "load" | "store", local: LocalOptions): Promise<ReadThroughCache<string, string>> {
  const { holdfast, peer } = testBed(undefined, { nearTier })
  const options = { name: "item", ttl: "60s", load: async (id: string) => id.repeat(100) } as const
  if (from === "store") await peer().cache(options).getMany(ids)
  const cache = holdfast.cache({ ...options, local })
  for (const id of ids) await cache.get(id)
  expect(cache.stats().loads).toBe(from === "store" ? 0 : ids.length)
  return cache
}

/** Of one such entry, in the store. */
async function entryBytes(): Promise<number> {
  const cache = await filled("load", {})
  return (await cache.explain("a")).bytes ?? 0
}

for (const from of ["load", "store"] as const) {
  test(`what comes from the ${from} is kept up to \`maxEntries\``, async () => {
    const cache = await filled(from, { maxEntries: 3 })
    expect(cache.stats().near).toMatchObject({ entries: 3, evictions: 2, bytes: 3 * (await entryBytes()) })
  })

  test(`what comes from the ${from} is kept up to \`maxBytes\`, in which an entry counts as its size in the store`, async () => {
    const bytes = await entryBytes()
    const cache = await filled(from, { maxBytes: 4 * bytes - 1 })
    expect(cache.stats().near).toMatchObject({ entries: 3, evictions: 2, bytes: 3 * bytes })
    const roomy = await filled(from, { maxBytes: 4 * bytes })
    expect(roomy.stats().near).toMatchObject({ entries: 4, evictions: 1, bytes: 4 * bytes })
  })
}
