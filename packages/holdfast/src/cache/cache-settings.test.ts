import { expect, test } from "vitest"
import type { HoldfastError } from "../errors/holdfast-error.ts"
import type { ReadThroughCache } from "./cache-kinds.ts"
import { testBed } from "./cache.fixture.ts"

const good = { name: "item", ttl: "10s", load: async (_id: string) => 1 } as const

test.each([
  ["an unknown option", { tll: "10s" }, "INVALID_OPTION"],
  ["a bare number", { ttl: 10 }, "INVALID_DURATION"],
  ["a lag of replicas without versions", { maxReplicaLag: "10s" }, "INVALID_OPTION"],
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
  ["a key function that is none", { key: "id" }, "INVALID_OPTION"],
  ["a shape that is no text", { shape: { of: "item" } }, "INVALID_OPTION"],
  ["no concurrency", { sourceConcurrency: 0 }, "INVALID_OPTION"],
])("%s is refused when the cache is made", (_what, change, code) => {
  const { holdfast } = testBed()
  expect(() => holdfast.cache({ ...good, ...change } as never)).toThrow(expect.objectContaining({ code }))
})

const refusalOf = (change: object): unknown => {
  try {
    return testBed().holdfast.cache({ ...good, ...change } as never)
  } catch (error) {
    return error
  }
}

test.each([
  [
    "an unknown option",
    { loads: 1 },
    "INVALID_OPTION",
    "The option `loads` is not an option of a cache; is `load` meant?",
  ],
  ["one that is near to none", { staleFor: 1 }, "INVALID_OPTION", "The option `staleFor` is not an option of a cache."],
  ["a wrong option", { index: true }, "INVALID_OPTION", "The option `index` needs `tags` beside it."],
  ["a wrong duration", { ttl: 10 }, "INVALID_DURATION", "`ttl` is the bare number 10."],
  ["a part of an option", { local: { maxByte: 1 } }, "INVALID_OPTION", "of `local`; is `maxBytes` meant?"],
  [
    "a part of a batch",
    { loadMany: async () => new Map(), batch: { maxsize: 9 } },
    "INVALID_OPTION",
    "of `batch`; is `maxSize` meant?",
  ],
  ["a part of a chance", { earlyRefresh: { betta: 2 } }, "INVALID_OPTION", "of `earlyRefresh`; is `beta` meant?"],
  [
    "a part of a sliding ttl",
    { sliding: { absoluteTtl: "1h", absolute: "2h" } },
    "INVALID_OPTION",
    "is not an option of `sliding`",
  ],
  [
    "a part of a time limit",
    { grace: "1m", loadTimeout: { soft: "1s", hart: "5s" } },
    "INVALID_OPTION",
    "of `loadTimeout`; is `hard` meant?",
  ],
])("what is said of %s begins with the name of the cache", (_what, change, code, text) => {
  const error = refusalOf(change) as HoldfastError
  expect(error.message).toMatch(new RegExp(`^${code}: Cache "item": `))
  expect(error.message).toContain(text)
  expect(error.facts).toMatchObject({ cache: "item", option: expect.any(String) })
})

test("what cannot be a name is not repeated", () => {
  const error = refusalOf({ name: "a secret", tll: "10s" }) as HoldfastError
  expect(error.message).toMatch(/^INVALID_OPTION: The option `tll` .*is `ttl` meant\? The options reference/)
  expect(refusalOf({ name: "a secret" })).toMatchObject({ facts: { option: "name" } })
  expect(String(refusalOf({ name: "a secret" }))).not.toContain("secret")
})

test("two caches of one name are refused, because their keys would meet", () => {
  const { holdfast } = testBed()
  holdfast.cache(good)
  expect(() => holdfast.cache(good)).toThrow(expect.objectContaining({ code: "DUPLICATE_CACHE" }))
})

test("what is wrong with a key, a version, tags or a value says of which cache it is", async () => {
  const { holdfast } = testBed()
  const of = (code: string): unknown =>
    expect.objectContaining({
      code,
      facts: expect.objectContaining({ cache: "row" }),
      message: expect.stringContaining('"row"'),
    })
  const settings = { name: "row", ttl: "1h", version: (): number => Number.NaN } as const
  const cache = holdfast.cache<string, unknown>(settings)
  await expect(cache.peek(Number.NaN as never)).rejects.toEqual(of("INVALID_KEY"))
  await expect(cache.put("a", 1)).rejects.toEqual(of("INVALID_VERSION"))
  await expect(cache.invalidate("a", { version: Number.NaN })).rejects.toEqual(of("INVALID_VERSION"))
  expect(() => holdfast.cache(settings)).toThrow(of("DUPLICATE_CACHE"))
  const other = testBed().holdfast.cache<string, unknown>({ name: "row", ttl: "1h" })
  await expect(other.put("a", () => {})).rejects.toEqual(of("VALUE_NOT_ENCODABLE"))
  await expect((other as unknown as ReadThroughCache<string, unknown>).refresh("a")).rejects.toEqual(of("NO_LOADER"))
  const tagged = testBed().holdfast.cache({ name: "row", ttl: "1h", load: () => 1, tags: () => [""] })
  await expect(tagged.get("a")).rejects.toEqual(of("INVALID_TAG"))
})
