import fc from "fast-check"
import { expect, test } from "vitest"
import { hasCode } from "../errors/holdfast-error.ts"
import { encodeVersion, isNewer } from "./version.ts"

const integers = fc.bigInt({ min: 0n, max: 10n ** 99n - 1n })
const texts = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .filter((text) => !/^\d+$/.test(text) && Buffer.byteLength(text) <= 64)

test("encoded integers compare as the integers do", () => {
  fc.assert(
    fc.property(integers, integers, (a, b) => {
      expect(isNewer(encodeVersion(a), encodeVersion(b))).toBe(a > b)
    }),
  )
})

test("encoded texts compare as their bytes do, and come after all integers", () => {
  fc.assert(
    fc.property(texts, texts, integers, (a, b, integer) => {
      expect(isNewer(encodeVersion(a), encodeVersion(b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0)
      expect(isNewer(encodeVersion(a), encodeVersion(integer))).toBe(true)
    }),
  )
})

test("only characters that every locale orders alike are used", () => {
  fc.assert(
    fc.property(fc.oneof(integers, texts), (version) => {
      expect(encodeVersion(version)).toMatch(/^[0-9a-f]+$/)
    }),
  )
})

test("a 64-bit column is the same version as number, bigint and text", () => {
  expect(encodeVersion(42)).toBe("10242")
  expect(encodeVersion(42n)).toBe("10242")
  expect(encodeVersion("42")).toBe("10242")
  expect(encodeVersion("0042")).toBe("10242")
  expect(isNewer(encodeVersion("10"), encodeVersion("9"))).toBe(true)
  expect(encodeVersion("0")).toBe("1010")
})

test.each([
  -1,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 53,
  -1n,
  10n ** 99n,
  "",
  "x".repeat(65),
  null,
  undefined,
  {},
  true,
])("%s is no version", (version) => {
  expect(() => encodeVersion(version as string)).toThrow(expect.objectContaining({ code: "INVALID_VERSION" }))
})

test("a Date is refused with a hint", () => {
  try {
    encodeVersion(new Date(0) as unknown as string)
    expect.unreachable()
  } catch (error) {
    expect(hasCode(error, "INVALID_VERSION")).toBe(true)
    expect(String(error)).toContain("Date")
  }
})
