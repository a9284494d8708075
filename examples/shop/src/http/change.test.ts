import { expect, test } from "vitest"
import { formatChanges, parseChanges } from "./change.ts"

test("changes survive the header", () => {
  const changes = [
    { what: "product", id: 42, version: 7 },
    { what: "category", id: 61, version: 3 },
  ] as const
  expect(parseChanges(formatChanges(changes))).toEqual(changes)
})

test("nothing and nonsense are no changes", () => {
  expect(parseChanges("")).toEqual([])
  expect(parseChanges("product:x@1, planet:1@1, product:1@2")).toEqual([{ what: "product", id: 1, version: 2 }])
})
