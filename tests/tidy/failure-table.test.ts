import { expect, test } from "vitest"
import { failureTable } from "../holes/failure-table.ts"
import type { Hole } from "../holes/hole.ts"
import { tableComplaints } from "./failure-table.ts"
import { readTree } from "./source-tree.ts"

test("every hole whose part is built has a test, and every test that shows one is named by its row", () => {
  expect(Object.keys(failureTable).length).toBeGreaterThan(16)
  expect(tableComplaints(failureTable, readTree("tests"))).toEqual([])
})

const row: Hole = { hole: "", leases: "", is: "bounded", here: "", rest: "", shown: { "a.test.ts": ["it holds"] } }
const holds = 'test(shows("H1", "it holds"), () => {})'

const planted: readonly (readonly [string, Readonly<Record<string, Hole>>, string, string])[] = [
  ["a row without a test", { H1: { ...row, shown: {} } }, "", "H1 is bounded, and no test shows it"],
  ["a test that is not there", { H1: row }, "", "there is no such test"],
  ["a test in another file", { H1: { ...row, shown: { "b.test.ts": ["it holds"] } } }, holds, "there is no such test"],
  ["a test of no row", { H1: row }, holds.replace("H1", "H2"), "H2: it holds: the row does not name this test"],
  ["a test of another name", { H1: row }, holds.replace("it", "all"), "H1: all holds: the row does not name this test"],
  ["a test that is there twice", { H1: row }, `${holds}\n${holds}`, "there are several such tests"],
  ["a test that is skipped", { H1: row }, holds.replace("test", "test.skip"), "is the name of no test that runs"],
  ["a name of no test", { H1: row }, 'console.log(shows("H1", "it holds"))', "is the name of no test that runs"],
  ["a row that is missing", { H2: { ...row, is: "not built yet", shown: {} } }, "", "there is no row H1"],
]

test.each(planted)("%s is found", (_what, table, text, complaint) => {
  expect(tableComplaints(table, new Map([["a.test.ts", text]])).join("\n")).toContain(complaint)
})

test.each([
  holds,
  holds.replace("test", "test.each(rows)"),
  'test.for([1])(`%s: ${shows("H1", "it holds")}`, () => {})',
])("nothing is wrong with %s", (text) => {
  expect(tableComplaints({ H1: row }, new Map([["a.test.ts", text]]))).toEqual([])
})
