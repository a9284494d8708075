import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { expect, test } from "vitest"
import { nowhere, SieveTable } from "./sieve-table.ts"

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void
const size = 100

/** Adds and deletes in turn, so that nothing is evicted; all but the entry under the hand, which would move it. */
function churn(table: SieveTable<object, undefined>, from: number, to: number): void {
  for (let n = from; n < to; n += 1) {
    table.delete(`k${n - size + 5}`)
    table.set(`k${n}`, { value: { n }, standing: undefined, until: 0, bytes: 1 })
  }
}

test("what is added and deleted without end is not kept in memory, though the hand rests", () => {
  const table = new SieveTable<object, undefined>({ maxEntries: size, maxBytes: Infinity })
  for (let n = 0; n <= size; n += 1) table.set(`k${n}`, { value: { n }, standing: undefined, until: 0, bytes: 1 })
  churn(table, size + 1, 20_000)
  expect([table.size, table.evictions]).toEqual([size, 1])
  collect()
  const before = process.memoryUsage().heapUsed
  churn(table, 20_000, 220_000)
  collect()
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(2_000_000)
  expect([table.size, table.evictions]).toEqual([size, 1])
})

test("a value that is gone is not kept in memory, whichever way it went", async () => {
  const table = new SieveTable<object, undefined>({ maxEntries: 3, maxBytes: Infinity })
  const gone: WeakRef<object>[] = []
  const set = (key: string): void => {
    const value = { key }
    gone.push(new WeakRef(value))
    table.set(key, { value, standing: undefined, until: 0, bytes: 1 })
  }
  for (const key of ["deleted", "replaced", "evicted", "kept"]) set(key)
  for (const key of ["replaced", "kept"]) set(key)
  table.delete("deleted")
  table.delete("replaced")
  // A weak reference holds what it points to until the turn is over.
  await new Promise((resolve) => setImmediate(resolve))
  collect()
  const left = gone.flatMap((one) => one.deref() ?? [])
  expect(left.map((value) => (value as { key: string }).key).sort()).toEqual(
    ["evicted", "kept"].filter((key) => table.placeOf(key) !== nowhere),
  )
})
