import { expect, test } from "vitest"
import { Oracle } from "./oracle.ts"

const product = { what: "product", id: 42 } as const

test("a read below a version that was acknowledged before it was sent is stale", () => {
  const oracle = new Oracle(() => 0)
  oracle.acknowledge({ ...product, version: 7 })
  const expected = oracle.expected("product", 42)
  oracle.check({ ...product, expected, seen: 6 })
  expect(oracle.take()).toEqual({
    checkedReads: 1,
    staleReads: 1,
    strict: { checkedReads: 0, staleReads: 0 },
    staleExamples: [{ ...product, expected: 7, seen: 6 }],
  })
})

test("a read may miss what was acknowledged only after it was sent", () => {
  const oracle = new Oracle(() => 0)
  const expected = oracle.expected("product", 42)
  oracle.acknowledge({ ...product, version: 7 })
  oracle.check({ ...product, expected, seen: 6 })
  expect(oracle.take().staleReads).toBe(0)
})

test("acknowledgements that arrive in another order do not lower what is expected", () => {
  const oracle = new Oracle(() => 0)
  oracle.acknowledge({ ...product, version: 8 })
  oracle.acknowledge({ ...product, version: 7 })
  expect(oracle.expected("product", 42)).toBe(8)
})

test("things of another kind with the same id are other things", () => {
  const oracle = new Oracle(() => 0)
  oracle.acknowledge({ ...product, version: 8 })
  expect(oracle.expected("offer", 42)).toBe(0)
  expect(oracle.expected("product", 4)).toBe(0)
})

test("taking the figures keeps what was acknowledged, and at most five examples", () => {
  const oracle = new Oracle(() => 0)
  oracle.acknowledge({ ...product, version: 2 })
  for (let i = 0; i < 9; i++) oracle.check({ ...product, expected: 2, seen: 1 })
  expect(oracle.take()).toMatchObject({ checkedReads: 9, staleReads: 9, staleExamples: { length: 5 } })
  expect(oracle.take()).toMatchObject({ checkedReads: 0, staleReads: 0, staleExamples: [] })
  expect(oracle.expected("product", 42)).toBe(2)
})

test("a strict read is stale as soon as a newer version was committed, acknowledged or not, and counts apart", () => {
  const offer = { what: "offer", id: 42 } as const
  let committed = 7
  const oracle = new Oracle(() => committed)
  const expected = oracle.expected("offer", 42)
  oracle.acknowledge({ ...offer, version: 9 })
  committed = 8
  oracle.check({ ...offer, expected, seen: 7 })
  expect(oracle.expected("offer", 42)).toBe(9)
  oracle.check({ ...offer, expected, seen: 6 })
  expect(oracle.take()).toEqual({
    checkedReads: 0,
    staleReads: 0,
    strict: { checkedReads: 2, staleReads: 1 },
    staleExamples: [{ ...offer, expected: 7, seen: 6 }],
  })
})
