import { expect, test } from "vitest"
import { seenVersions } from "./seen-versions.ts"

const answer = { is: "answer", status: 200, version: 0, versions: "", changed: "" } as const
const first = { what: "product", id: 1 } as const
const second = { what: "product", id: 2 } as const

test("an answer of one row shows it in its version", () => {
  expect(seenVersions({ ...answer, version: 7 }, [first])).toEqual([{ ...first, seen: 7 }])
})

test("an answer of several rows names each with its version, in any order", () => {
  const seen = seenVersions({ ...answer, versions: "product:2@5, product:1@3" }, [first, second])
  expect(seen).toEqual([
    { ...first, seen: 3 },
    { ...second, seen: 5 },
  ])
})

test("a row that is left out, or is of another kind, is not seen", () => {
  const seen = seenVersions({ ...answer, version: 9, versions: "offer:1@3, product:2@5" }, [first, second])
  expect(seen.map((row) => row.seen)).toEqual([0, 5])
})

test("one version does not count for several rows", () => {
  expect(seenVersions({ ...answer, version: 9 }, [first, second]).map((row) => row.seen)).toEqual([0, 0])
})
