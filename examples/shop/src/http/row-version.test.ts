import { expect, test } from "vitest"
import { formatVersions, parseVersions } from "./row-version.ts"

test("versions survive the header", () => {
  const changes = [
    { what: "product", id: 42, version: 7 },
    { what: "category", id: 61, version: 3 },
  ] as const
  expect(parseVersions(formatVersions(changes))).toEqual(changes)
})

test("nothing and nonsense are no versions", () => {
  expect(parseVersions("")).toEqual([])
  expect(parseVersions("product:x@1, planet:1@1, product:1@2")).toEqual([{ what: "product", id: 1, version: 2 }])
})
