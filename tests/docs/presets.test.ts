import { presets } from "holdfast"
import { expect, test } from "vitest"
import { readPage } from "./pages.ts"

const rows = readPage("docs/guide/presets.md")
  .text.split("\n")
  .filter((line) => line.startsWith("|"))
  .map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  )

test("the table of presets in the guide says what the presets are", () => {
  const [head = [], , ...body] = rows
  const [, , ...options] = head
  const printed = body.map(([name = "", , ...cells]) => {
    const given = options.flatMap((option, at) => (cells[at] === "" ? [] : [[option, cells[at]]]))
    return [name.replaceAll("`", ""), Object.fromEntries(given)]
  })
  const actual = Object.entries(presets).map(([name, policy]) => [
    name,
    Object.fromEntries(Object.entries(policy).map(([option, value]) => [option, inTable(value)])),
  ])
  expect(Object.fromEntries(printed)).toEqual(Object.fromEntries(actual))
})

function inTable(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value)
  const [only] = Object.values(value)
  return String(only)
}
