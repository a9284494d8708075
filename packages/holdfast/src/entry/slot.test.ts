import { expect, test } from "vitest"
import { slotOf } from "./slot.ts"

test.each([
  ["123456789", 0x31c3],
  ["foo", 12_182],
  ["{user1000}.following", 3_443],
  ["foo{}{bar}", 8_363],
  ["foo{{bar}}zap", 4_015],
])("the slot of %s is the one that Redis computes", (key, slot) => {
  expect(slotOf(key)).toBe(slot)
})

test("only the hash tag counts, in UTF-8", () => {
  expect(slotOf("shop:{product:42}:ctl")).toBe(slotOf("shop:{product:42}"))
  expect(slotOf("{日本}x")).toBe(10_949)
  expect(slotOf("日本")).toBe(10_949)
  expect(slotOf("a{b")).toBe(13_340)
})
