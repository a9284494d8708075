import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { expect, test } from "vitest"
import { ExpiringMap } from "./expiring-map.ts"

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void

test("reading without end takes no memory, though nothing is added", () => {
  const map = new ExpiringMap<number>({ maxEntries: 1_000, maxBytes: Infinity, bytesOf: () => 1, now: () => 0 })
  const keys = Array.from({ length: 500 }, (_, n) => `k${n}`)
  for (const key of keys) map.set(key, 1, 10)
  const readAll = (times: number): void => {
    for (let left = times; left > 0; left--) for (const key of keys) map.get(key)
  }
  readAll(20)
  collect()
  const before = process.memoryUsage().heapUsed
  readAll(400)
  collect()
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(2_000_000)
})
