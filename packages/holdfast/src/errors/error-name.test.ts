import { expect, test } from "vitest"
import { errorName } from "./error-name.ts"
import { HoldfastError } from "./holdfast-error.ts"

test("an error is named by its code or its class, and never by what it says", () => {
  class RowMissing extends Error {}
  expect(errorName(new HoldfastError("INVALID_KEY", "a"))).toBe("INVALID_KEY")
  expect(errorName(new RowMissing("a"))).toBe("RowMissing")
  expect(errorName(Object.assign(new TypeError("a"), { name: "row 42" }))).toBe("TypeError")
  expect(errorName(new DOMException("a", "AbortError"))).toBe("AbortError")
  expect(errorName(new (class extends Error {})("a"))).toBe("Error")
  expect(errorName("a")).toBe("string")
})
