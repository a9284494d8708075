import { expect, test } from "vitest"
import { createTokenBucket } from "./token-bucket.ts"

test("a burst is allowed, then the rate, and quiet time fills up to the burst again", () => {
  let nowMs = 0
  const allow = createTokenBucket({ perSecond: 10, burst: 3 }, () => nowMs)
  const allowed = (calls: number): number => Array.from({ length: calls }, allow).filter(Boolean).length
  expect(allowed(10)).toBe(3)
  nowMs += 200
  expect(allowed(10)).toBe(2)
  nowMs += 60_000
  expect(allowed(10)).toBe(3)
})
