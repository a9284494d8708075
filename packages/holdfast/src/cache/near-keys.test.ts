import { expect, test } from "vitest"
import { nearTier } from "../near/near-tier.ts"
import { testBed } from "./cache.fixture.ts"

const policy = { name: "product", ttl: "60s" } as const

test.each<[string, string | number]>([
  ["a number", 42],
  ["a fraction", 1.5],
  ["with a colon", "user:42"],
  ["empty", ""],
  ["with letters of any kind", "näh 100%"],
])("a key that is %s is answered within the call", async (_what, key) => {
  const bed = testBed((store) => store, { nearTier })
  const cache = bed.holdfast.cache({ ...policy, load: async (id: string | number) => `of ${id}` })
  const value = await cache.get(key)
  let turn = 0
  const turnOfHit = cache.get(key).then((hit) => {
    expect(hit).toBe(value)
    return turn
  })
  for (; turn < 10; turn += 1) await Promise.resolve()
  expect(await turnOfHit).toBe(0)
  expect(await cache.get(typeof key === "number" ? String(key) : key)).toBe(value)
})

test("what is no key is none here either, and no key has the copy of another one", async () => {
  const bed = testBed((store) => store, { nearTier })
  const cache = bed.holdfast.cache({ ...policy, load: async (id: unknown) => `of ${JSON.stringify(id)}` })
  await cache.get("NaN")
  await expect(cache.get(Number.NaN)).rejects.toMatchObject({ code: "INVALID_KEY" })
  expect(await cache.get(["a", "b"])).toBe('of ["a","b"]')
  expect(await cache.get("\0a:b")).toBe(String.raw`of "\u0000a:b"`)
})
