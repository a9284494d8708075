import { existsSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { layers } from "../tidy/layers.ts"
import { readPage, readPages, repository } from "./pages.ts"

const architecture = readPage("ARCHITECTURE.md").text

/** The rows of the table under "Who may import whom": layer, and the text of its last cell. */
const printed = new Map(
  [...architecture.matchAll(/^\| `(\w+)` +\|[^|]+\| ([^|]+?) +\|$/gm)].map(([, layer = "", may = ""]) => [layer, may]),
)

test("the layer table that is printed is the one that is executed", () => {
  const executed = Object.entries(layers).map(([layer, { may, typesOnly }]) => [
    layer,
    (may.length === 0 ? "nothing" : may.join(", ")) + (typesOnly === true ? ": types only" : ""),
  ])
  expect(Object.fromEntries(printed)).toEqual({
    ...Object.fromEntries(executed),
    exports: "everything; imported by nothing",
  })
})

/** Something in backticks that looks like a file of ours: it has a folder or an ending that our files have. */
const filePattern = /`([\w.-]+(?:\/[\w.*-]+)*\/(?:[\w-]+\.(?:ts|mjs|lua|md))|[\w-]+(?:\/[\w-]+)+\.(?:ts|mjs|lua|md))`/g

test("every file that the pages name exists", () => {
  const named = readPages().flatMap(({ path, text }) =>
    [...text.matchAll(filePattern)].map(([, file = ""]) => ({ path, file })),
  )
  expect(named.length).toBeGreaterThan(30)
  const missing = named.filter(({ file }) => !exists(file))
  expect(missing).toEqual([])
})

const exists = (file: string): boolean =>
  file.includes("*") || ["", "packages/holdfast/src"].some((folder) => existsSync(join(repository, folder, file)))
