import { expect, test } from "vitest"
import { mixes } from "./faults/mixes.ts"
import { runBatch } from "./batch.ts"

// The large number of histories is run by `npm run sim`, on all cores; this is the small form of it.
const histories = process.env["HOLDFAST_DEEP"] ? 10_000 : 1000
const seed = Number(process.env["SEED"] ?? 1)
const names = mixes.map(({ name }) => name)

test(`${histories} histories of every mix of faults keep every promise (SEED=${seed})`, async () => {
  const report = await runBatch(
    { seed, histories, step: 1, mixes: names, isNaive: false, badMax: 5 },
    () => {},
    () => false,
  )
  expect(report.bad).toEqual([])
  expect(report.histories).toBe(histories)
  // Every history has three processes or more that read and write for a while; a herd has 40 operations, the others 16.
  expect(report.operations).toBeGreaterThan(histories * 12)
}, 2_700_000)

test("a plain cache-aside goes wrong within the first 100 histories", async () => {
  const report = await runBatch(
    { seed, histories: 100, step: 1, mixes: ["none", "all"], isNaive: true, badMax: 100 },
    () => {},
    () => false,
  )
  const kinds = new Set(report.bad.flatMap((each) => each.kinds))
  expect(report.bad.length).toBeGreaterThan(20)
  expect([...kinds]).toContain("stale-read")
  expect([...kinds]).toContain("stale-store")
}, 60_000)
