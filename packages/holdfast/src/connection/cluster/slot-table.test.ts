import { expect, test, vi } from "vitest"
import type { Primary } from "../primary.ts"
import { SlotTable } from "./slot-table.ts"

const a = { name: "a" } as unknown as Primary
const b = { name: "b" } as unknown as Primary
const last = 16_383

function halves(): SlotTable {
  const table = new SlotTable()
  table.replace([
    { from: 0, to: 99, primary: a },
    { from: 100, to: last, primary: b },
  ])
  return table
}

test("only slots whose owner changes get another tenure", () => {
  const table = halves()
  const [ofA, ofB] = [table.owner(0), table.owner(100)]
  table.replace([
    { from: 0, to: 49, primary: a },
    { from: 50, to: 50, primary: b },
    { from: 51, to: 99, primary: a },
    { from: 100, to: last, primary: b },
  ])
  for (const slot of [0, 49, 51, 99]) expect(table.owner(slot), `slot ${slot}`).toBe(ofA)
  for (const slot of [100, last]) expect(table.owner(slot), `slot ${slot}`).toBe(ofB)
  expect(table.owner(50)?.primary).toBe(b)
  expect(table.owner(50)).not.toBe(ofB)
})

test("what a redirection told of one slot lasts as long as maps agree with it", () => {
  const table = halves()
  const ofB = table.owner(101)
  const learned = table.learn(7, b)
  table.replace([{ from: 0, to: last, primary: b }])
  expect(table.owner(7)).toBe(learned)
  expect(table.owner(101)).toBe(ofB)
  expect(table.owner(6)?.primary).toBe(b)
  expect(table.owner(6)).toBe(table.owner(8))
  expect(table.owner(6)).not.toBe(learned)
  expect(table.owner(6)).not.toBe(ofB)
})

test("slots that no range names have no owner, and primaries without slots are no owners", () => {
  const table = halves()
  table.replace([{ from: 10, to: 19, primary: b }])
  expect([9, 20, last].map((slot) => table.owner(slot))).toEqual([undefined, undefined, undefined])
  expect([...table.owners()]).toEqual([[b, 10]])
})

test("slots that redirections told of one by one do not each cost a search when the owners are asked for", () => {
  const table = halves()
  for (let slot = 100; slot < 5000; slot += 1) table.learn(slot, a)
  table.replace([
    { from: 0, to: 4999, primary: a },
    { from: 5000, to: last, primary: b },
  ])
  const search = vi.spyOn(Uint32Array.prototype, "indexOf")
  expect([...table.owners()]).toEqual([
    [a, 0],
    [b, 5000],
  ])
  expect(search).toHaveBeenCalledTimes(2)
  search.mockRestore()
})
