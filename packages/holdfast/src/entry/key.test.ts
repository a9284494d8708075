import fc from "fast-check"
import { expect, test } from "vitest"
import { assertName, encodeKey, entryAddress, entryAddressing } from "./key.ts"
import { slotOf } from "./slot.ts"

test("a person with redis-cli recognises every key", () => {
  const address = entryAddress("shop", "product", "42")
  expect(address.value).toBe("shop:{product:42}")
  expect(address.control).toBe("shop:{product:42}:ctl")
  const grouped = entryAddress("shop", "profile", "123", "user:123")
  expect(grouped.value).toBe("shop:{user:123}:profile:123")
  expect(grouped.control).toBe("shop:{user:123}:profile:123:ctl")
})

test("everything about one entry, and about one group, is in one slot", () => {
  const address = entryAddress("shop", "product", encodeKey(["{hot}", 1]))
  expect(slotOf(address.control)).toBe(address.slot)
  expect(entryAddress("shop", "profile", "1", "user:1").slot).toBe(entryAddress("other", "cart", "9", "user:1").slot)
})

test("no value key of a namespace is the value or control key of another entry", () => {
  const part = fc.constantFrom("a", "ctl", "", ":", "a:ctl", "{a}", "b")
  const key = fc.oneof(part, fc.array(part, { maxLength: 3 }))
  const group = fc.option(fc.constantFrom("a", "a:b", "cache:a", "a}:ctl", "a%"), { nil: undefined })
  const entry = fc.record({ cache: fc.constantFrom("a", "cache", "ctl"), key, group })
  const identity = (it: { cache: string; key: string | string[]; group: string | undefined }): string =>
    JSON.stringify([it.cache, it.key, it.group ?? null])
  fc.assert(
    fc.property(entry, entry, (a, b) => {
      const [first, second] = [a, b].map((it) => entryAddress("ns", it.cache, encodeKey(it.key), it.group))
      expect(first?.value === second?.value).toBe(identity(a) === identity(b))
      expect(first?.control).not.toBe(second?.value)
    }),
    { numRuns: 2_000 },
  )
})

test("the digest covers namespace, cache and key, and is computed once", () => {
  const digest = (namespace: string, cache: string, key: string): string => {
    const address = entryAddress(namespace, cache, key)
    return `${address.digestHigh} ${address.digestLow}`
  }
  const digests = [
    digest("shop", "product", "1"),
    digest("shop", "product", "2"),
    digest("shop", "price", "1"),
    digest("blog", "product", "1"),
  ]
  expect(new Set(digests).size).toBe(4)
  expect(digest("shop", "product", "1")).toBe(digests[0])
})

test("names that keys cannot carry are refused", () => {
  for (const name of ["shop", "a", "Shop.v2_x-y", "x".repeat(64)]) assertName("namespace", name)
  for (const name of ["", "1shop", "sh op", "a:b", "a{", "x".repeat(65), "é", undefined as unknown as string]) {
    expect(() => entryAddressing("shop", name)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }))
    expect(() => entryAddressing(name, "product")).toThrow("namespace")
  }
})
