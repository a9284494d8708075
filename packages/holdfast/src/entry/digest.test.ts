import fc from "fast-check"
import { expect, test } from "vitest"
import { digestOf } from "./digest.ts"

const hex = (text: string): string => {
  const { high, low } = digestOf(text)
  return high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0")
}

test("the digest of a key never changes: it is part of wire format 1", () => {
  expect(["", "a", "shop:{product:42}", "shop:{日本:1}", "x".repeat(1_000)].map(hex)).toMatchInlineSnapshot(`
    [
      "0bd0357a432309bd",
      "12a47f6ec5505de5",
      "4e93941db3a3aa93",
      "8b7cd549903f4e0d",
      "b2a696ab5edae36b",
    ]
  `)
})

test("halves are unsigned 32-bit integers", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
      const text = String.fromCharCode(...units)
      const { high, low } = digestOf(text)
      return high >>> 0 === high && low >>> 0 === low
    }),
  )
})

test("neighbouring keys share neither half", () => {
  const halves = new Set<number>()
  const count = 20_000
  for (let id = 0; id < count; id++) {
    const { high, low } = digestOf(`shop:{product:${id}}`)
    halves.add(high).add(low)
  }
  // 40,000 draws from 2^32 meet 0.19 times on average.
  expect(halves.size).toBeGreaterThan(2 * count - 5)
})

test("changing one bit of a key changes about half of the bits of its digest", () => {
  let flipped = 0
  let pairs = 0
  for (let id = 0; id < 500; id++) {
    const text = `shop:{user:${id * 7_919}}`
    for (let at = 0; at < text.length; at++) {
      const other = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << (id % 7))) + text.slice(at + 1)
      const [a, b] = [digestOf(text), digestOf(other)]
      flipped += bits(a.high ^ b.high) + bits(a.low ^ b.low)
      pairs++
    }
  }
  expect(flipped / pairs).toBeGreaterThan(31.5)
  expect(flipped / pairs).toBeLessThan(32.5)
})

function bits(number: number): number {
  return (number >>> 0).toString(2).replaceAll("0", "").length
}
