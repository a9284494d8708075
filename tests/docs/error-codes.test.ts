import { errorCodes } from "holdfast"
import { expect, test } from "vitest"
import { readTree } from "../tidy/source-tree.ts"
import { readPage } from "./pages.ts"

const codes = Object.keys(errorCodes)
const library = [...readTree("packages/holdfast/src")].filter(([path]) => !/\.test\.ts$|^catalogue\//.test(path))
const thrown = new Set(
  library.flatMap(([, text]) => [...text.matchAll(/"([A-Z]+(?:_[A-Z]+)+|CLOSED)"/g)].map(([, code]) => code)),
)

test("every code of the catalogue is used by the library", () => {
  expect(library.length).toBeGreaterThan(50)
  expect(codes.filter((code) => !thrown.has(code))).toEqual([])
})

test("every code has its place in the reference", () => {
  const { text } = readPage("docs/reference/errors.md")
  expect([...text.matchAll(/^## `(\w+)`$/gm)].map(([, code]) => code)).toEqual(codes)
})
