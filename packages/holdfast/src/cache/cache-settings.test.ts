import { expect, test } from "vitest"
import { testBed } from "./cache.fixture.ts"

const good = { name: "item", ttl: "10s", load: async (_id: string) => 1 } as const

test.each([
  ["an unknown option", { tll: "10s" }, "INVALID_OPTION"],
  ["a bare number", { ttl: 10 }, "INVALID_DURATION"],
  ["no ttl", { ttl: undefined }, "INVALID_DURATION"],
  ["a ttl of zero", { ttl: "0s" }, "INVALID_DURATION"],
  ["a name with a colon", { name: "a:b" }, "INVALID_OPTION"],
  ["a loader that is no function", { load: "SELECT" }, "INVALID_OPTION"],
  ["a share above the whole", { jitter: "110%" }, "INVALID_OPTION"],
  ["a codec by name", { codec: "json" }, "INVALID_OPTION"],
  ["a version that is no function", { version: 3 }, "INVALID_OPTION"],
  ["a loader of many that is no function", { loadMany: "SELECT" }, "INVALID_OPTION"],
  ["a loader of many alone", { load: undefined, loadMany: async () => new Map() }, "INVALID_OPTION"],
  ["a keyOf that is no function", { loadMany: async () => [], keyOf: "id" }, "INVALID_OPTION"],
  ["a keyOf without a loader of many", { keyOf: () => "a" }, "INVALID_OPTION"],
  ["no concurrency", { sourceConcurrency: 0 }, "INVALID_OPTION"],
])("%s is refused when the cache is made", (_what, change, code) => {
  const { holdfast } = testBed()
  expect(() => holdfast.cache({ ...good, ...change } as never)).toThrow(expect.objectContaining({ code }))
})

test("two caches of one name are refused, because their keys would meet", () => {
  const { holdfast } = testBed()
  holdfast.cache(good)
  expect(() => holdfast.cache(good)).toThrow(expect.objectContaining({ code: "DUPLICATE_CACHE" }))
})
