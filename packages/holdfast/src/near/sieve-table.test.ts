import fc from "fast-check"
import { expect, test } from "vitest"
import { NaiveSieve } from "./naive-sieve.fixture.ts"
import { nowhere, SieveTable } from "./sieve-table.ts"

const letters = ["a", "b", "c", "d", "e", "f", "g", "h"]
/** A table whose values are its keys. */
class Lettered {
  readonly table: SieveTable<string, number>
  constructor(budgets: { maxEntries: number; maxBytes: number }, ...keys: string[]) {
    this.table = new SieveTable(budgets)
    for (const key of keys) this.set(key)
  }
  set(key: string, bytes = 1): boolean {
    return this.table.set(key, { value: `of ${key}`, standing: bytes, until: bytes / 4, bytes })
  }
  /** The keys that it holds, each seen to stand at the place of its own value. */
  get keys(): string {
    return letters.filter((key) => this.isAt(key, this.table.placeOf(key))).join("")
  }
  isAt(key: string, place: number): boolean {
    if (place === nowhere) return false
    const isOwn = this.table.valueAt(place) === `of ${key}`
    if (!isOwn || this.table.untilAt(place) !== this.table.standingAt(place) / 4) throw new Error("not its own place")
    return true
  }
}
const tableOf = (maxEntries: number, ...keys: string[]) => new Lettered({ maxEntries, maxBytes: Infinity }, ...keys)

const keys = fc.constantFrom(...letters)
const steps = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ is: fc.constant("set" as const), key: keys, bytes: fc.nat(12) }),
    },
    { weight: 6, arbitrary: fc.record({ is: fc.constant("get" as const), key: keys }) },
    { weight: 3, arbitrary: fc.record({ is: fc.constant("delete" as const), key: keys }) },
    { weight: 1, arbitrary: fc.record({ is: fc.constant("clear" as const) }) },
  ),
  { maxLength: 80, size: "max" },
)
const budgets = fc.record({ maxEntries: fc.integer({ min: 1, max: 6 }), maxBytes: fc.integer({ min: 1, max: 40 }) })

test("it holds what SIEVE with a list and a hand holds, after every step, and never more than its budgets", () => {
  fc.assert(
    fc.property(budgets, steps, (budget, all) => {
      const ours = new Lettered(budget)
      const { table } = ours
      const naive = new NaiveSieve(budget)
      for (const step of all) {
        if (step.is === "set") expect(ours.set(step.key, step.bytes)).toBe(naive.set({ ...step, visited: false }))
        else if (step.is === "get")
          expect(ours.isAt(step.key, table.visit(step.key))).toBe(naive.get(step.key) !== undefined)
        else if (step.is === "delete") expect(table.delete(step.key)).toBe(naive.delete(step.key))
        else {
          table.clear()
          naive.clear()
        }
        const held = naive.sorted()
        expect(ours.keys).toBe(held.map(({ key }) => key).join(""))
        expect(held.map(({ key }) => table.standingAt(table.placeOf(key)))).toEqual(held.map(({ bytes }) => bytes))
        expect([table.size, table.bytes, table.evictions]).toEqual([naive.list.length, naive.bytes, naive.evictions])
        expect(table.size).toBeLessThanOrEqual(budget.maxEntries)
        expect(table.bytes).toBeLessThanOrEqual(budget.maxBytes)
      }
    }),
    { numRuns: 200 },
  )
})

test("what was asked for outlives what was not, and the hand goes on from where it stood", () => {
  const ours = tableOf(3, "a", "b", "c")
  ours.table.visit("a")
  ours.set("d")
  expect(ours.keys).toBe("acd")
  ours.set("e")
  expect(ours.keys).toBe("ade")
})

test("a hand that has passed the newest node begins anew at the oldest, not at what comes next", () => {
  const ours = tableOf(3, "a", "b", "c")
  ours.table.visit("a")
  ours.table.visit("b")
  ours.set("d")
  expect(ours.keys).toBe("abd")
  ours.set("e")
  expect(ours.keys).toBe("bde")
})

test("a node that is deleted under the hand takes nothing else with it", () => {
  const ours = tableOf(4, "a", "b", "c", "d")
  ours.set("e")
  expect(ours.keys).toBe("bcde")
  expect(ours.table.delete("b")).toBe(true)
  ours.table.visit("c")
  ours.set("f")
  ours.set("g")
  expect(ours.keys).toBe("cefg")
})

test("a node that is replaced keeps its place and its visits", () => {
  const ours = tableOf(3, "a", "b", "c")
  ours.set("a")
  ours.set("d")
  expect(ours.keys).toBe("bcd")
  ours.table.visit("b")
  ours.set("b")
  ours.set("e")
  expect(ours.keys).toBe("bde")
})

test("a node larger than the budget is refused, and what it would have replaced is gone", () => {
  const ours = new Lettered({ maxEntries: 9, maxBytes: 10 })
  ours.set("a", 4)
  ours.set("b", 4)
  expect(ours.set("a", 11)).toBe(false)
  expect([ours.keys, ours.table.bytes, ours.table.evictions]).toEqual(["b", 4, 0])
})

test("a replacement that grows evicts others, never itself", () => {
  const ours = new Lettered({ maxEntries: 9, maxBytes: 10 })
  for (const key of ["a", "b", "c"]) ours.set(key, 3)
  for (const key of ["b", "c"]) ours.table.visit(key)
  ours.set("a", 10)
  expect([ours.keys, ours.table.bytes, ours.table.evictions]).toEqual(["a", 10, 2])
})

test("a table that grows keeps what it holds, and what was visited", () => {
  const count = 100
  const ours = tableOf(count)
  for (let n = 0; n < count; n += 1) {
    ours.set(`k${n}`, n + 1)
    if (n === 0) ours.table.visit("k0")
  }
  for (let n = 0; n < count; n += 1) expect(ours.isAt(`k${n}`, ours.table.placeOf(`k${n}`))).toBe(true)
  ours.set("more")
  expect([ours.table.placeOf("k0") === nowhere, ours.table.placeOf("k1") === nowhere]).toEqual([false, true])
  for (let n = 0; n < count; n += 1) ours.table.delete(`k${n}`)
  expect([ours.table.size, ours.table.bytes]).toEqual([1, 1])
})
