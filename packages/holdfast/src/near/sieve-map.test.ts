import fc from "fast-check"
import { expect, test } from "vitest"
import { NaiveSieve, type Part } from "./naive-sieve.fixture.ts"
import { SieveMap } from "./sieve-map.ts"

const letters = ["a", "b", "c", "d", "e", "f", "g", "h"]
const node = (key: string, bytes = 1): Part => ({ key, bytes, visited: false })
const mapOf = (maxEntries: number, ...keys: string[]) => {
  const map = new SieveMap<Part>({ maxEntries, maxBytes: Infinity })
  for (const key of keys) map.set(node(key))
  return map
}
const keysIn = (map: SieveMap<Part>) => letters.filter((key) => map.peek(key) !== undefined).join("")

const keys = fc.constantFrom(...letters)
const steps = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ is: fc.constant("set" as const), key: keys, bytes: fc.nat(12), visited: fc.boolean() }),
    },
    { weight: 6, arbitrary: fc.record({ is: fc.constant("get" as const), key: keys }) },
    { weight: 3, arbitrary: fc.record({ is: fc.constant("delete" as const), key: keys }) },
    { weight: 1, arbitrary: fc.record({ is: fc.constant("clear" as const) }) },
  ),
  { maxLength: 120, size: "max" },
)
const budgets = fc.record({ maxEntries: fc.integer({ min: 1, max: 6 }), maxBytes: fc.integer({ min: 1, max: 40 }) })

test("it holds what SIEVE with a list and a hand holds, after every step, and never more than its budgets", () => {
  fc.assert(
    fc.property(budgets, steps, (budget, all) => {
      const map = new SieveMap<Part>(budget)
      const naive = new NaiveSieve(budget)
      for (const step of all) {
        if (step.is === "set") expect(map.set({ ...step })).toBe(naive.set({ ...step }))
        else if (step.is === "get") expect(map.get(step.key)).toEqual(naive.get(step.key))
        else if (step.is === "delete") expect(map.delete(step.key)).toBe(naive.delete(step.key))
        else {
          map.clear()
          naive.clear()
        }
        expect(letters.flatMap((key) => map.peek(key) ?? [])).toEqual(naive.sorted())
        expect([map.size, map.bytes, map.evictions]).toEqual([naive.list.length, naive.bytes, naive.evictions])
        expect(map.size).toBeLessThanOrEqual(budget.maxEntries)
        expect(map.bytes).toBeLessThanOrEqual(budget.maxBytes)
      }
    }),
    { numRuns: 500 },
  )
})

test("what was asked for outlives what was not, and what came last goes first among equals that were never asked for", () => {
  const map = mapOf(3, "a", "b", "c")
  map.get("a")
  map.set(node("d"))
  expect(keysIn(map)).toBe("acd")
  map.set(node("e"))
  expect(keysIn(map)).toBe("ade")
})

test("a hand that has passed the newest node begins anew at the oldest, not at what comes next", () => {
  const map = mapOf(3, "a", "b", "c")
  map.get("a")
  map.get("b")
  map.set(node("d"))
  expect(keysIn(map)).toBe("abd")
  map.set(node("e"))
  expect(keysIn(map)).toBe("bde")
})

test("a node that is deleted under the hand takes nothing else with it", () => {
  const map = mapOf(4, "a", "b", "c", "d")
  map.set(node("e"))
  expect(keysIn(map)).toBe("bcde")
  expect(map.delete("b")).toBe(true)
  map.get("c")
  map.set(node("f"))
  map.set(node("g"))
  expect(keysIn(map)).toBe("cefg")
})

test("a node that is replaced keeps its place and its visits", () => {
  const map = mapOf(3, "a", "b", "c")
  map.set(node("a"))
  map.set(node("d"))
  expect(keysIn(map)).toBe("bcd")
  map.get("b")
  map.set(node("b"))
  map.set(node("e"))
  expect(keysIn(map)).toBe("bde")
})

test("a node larger than the budget is refused, and what it would have replaced is gone", () => {
  const map = new SieveMap<Part>({ maxEntries: 9, maxBytes: 10 })
  map.set(node("a", 4))
  map.set(node("b", 4))
  expect(map.set(node("a", 11))).toBe(false)
  expect([keysIn(map), map.bytes, map.evictions]).toEqual(["b", 4, 0])
})

test("a replacement that grows evicts others, never itself", () => {
  const map = new SieveMap<Part>({ maxEntries: 9, maxBytes: 10 })
  for (const key of ["a", "b", "c"]) map.set(node(key, 3))
  for (const key of ["b", "c"]) map.get(key)
  map.set(node("a", 10))
  expect([keysIn(map), map.bytes, map.evictions]).toEqual(["a", 10, 2])
})
