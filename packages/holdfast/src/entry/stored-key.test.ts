import fc from "fast-check"
import { expect, test } from "vitest"
import { encodeKey, entryAddress } from "./key.ts"
import { storedKeyOf } from "./stored-key.ts"
import { clearTagAddress, tagAddress, tagClockAddress } from "./tag-address.ts"

const text = fc.string({ unit: fc.constantFrom("c", "t", "l", ":", "a", "}", "{", "#", "%"), maxLength: 6 })

test("every entry is recognised by either of its keys", () => {
  fc.assert(
    fc.property(fc.oneof(text, fc.array(text, { maxLength: 3 })), fc.option(text.filter(Boolean)), (key, group) => {
      const address = entryAddress("shop", "ctl", encodeKey(key), group ?? undefined)
      const isTuple = Array.isArray(key)
      const expected = {
        cache: "ctl",
        value: address.value,
        isGrouped: group !== null,
        key: isTuple ? { is: "tuple", key } : { is: "text", key },
      }
      expect(storedKeyOf("shop", address.value)).toEqual({ ...expected, isControl: false })
      expect(storedKeyOf("shop", address.control)).toEqual({ ...expected, isControl: true })
    }),
    { numRuns: 2000 },
  )
})

test("what is no entry of the namespace is not", () => {
  const others = [
    entryAddress("shop2", "product", "42").value,
    clearTagAddress("shop", "product").key,
    tagClockAddress("shop").key,
    tagAddress("shop", "product:42").key,
    "shop:{beat#17}:0123456789abcdef",
    "shop:wake",
    "shop:{product:42",
    "shop:{product:50%}",
    "shop:product:42",
    "shop:{product:}",
  ]
  expect(others.map((name) => storedKeyOf("shop", name))).toEqual(others.map(() => undefined))
})
