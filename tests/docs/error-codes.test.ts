import { expect, test } from "vitest"
import { readTree } from "../tidy/source-tree.ts"
import { readPage } from "./pages.ts"

const source = readTree("packages/holdfast/src")
const codes = [...(source.get("catalogue/error-codes.ts") ?? "").matchAll(/^  ([A-Z_]+): \{$/gm)].map(
  ([, code]) => code,
)
const library = [...source].filter(([path]) => !/\.test\.ts$|^catalogue\//.test(path))
const thrown = new Set(
  library.flatMap(([, text]) => [...text.matchAll(/"([A-Z]+(?:_[A-Z]+)+|CLOSED)"/g)].map(([, code]) => code)),
)

test("every code of the catalogue is used by the library", () => {
  expect(library.length).toBeGreaterThan(50)
  expect(codes.length).toBeGreaterThan(20)
  expect(codes.filter((code) => !thrown.has(code))).toEqual([])
})

test("every code has its place in the reference", () => {
  const { text } = readPage("docs/reference/errors.md")
  expect([...text.matchAll(/^## `(\w+)`$/gm)].map(([, code]) => code)).toEqual(codes)
})
