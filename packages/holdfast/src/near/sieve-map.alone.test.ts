import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { expect, test } from "vitest"
import { SieveMap, type SieveNode } from "./sieve-map.ts"

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void

test("what is added and deleted without end is not kept in memory, though the hand rests", async () => {
  const size = 100
  const map = new SieveMap<SieveNode>({ maxEntries: size, maxBytes: Infinity })
  const added: WeakRef<SieveNode>[] = []
  const add = (n: number): void => {
    const node = { key: `k${n}`, bytes: 1, visited: false }
    map.set(node)
    added.push(new WeakRef(node))
  }
  for (let n = 0; n <= size; n += 1) add(n)
  expect(map.evictions).toBe(1)
  for (let n = size + 1; n < 50 * size; n += 1) {
    // Not the node under the hand, which is the oldest: that would move it.
    map.delete(`k${n - size + 5}`)
    add(n)
  }
  expect([map.size, map.evictions]).toEqual([size, 1])

  // A weak reference holds what it points to until the turn is over.
  await new Promise((resolve) => setImmediate(resolve))
  collect()
  expect(added.filter((one) => one.deref() !== undefined).length).toBeLessThan(4 * size)
})
