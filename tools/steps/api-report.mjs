import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { libraryFolder, readSubpaths } from "../lib/library.mjs"
import { fromComplaints } from "./step.mjs"

const reportFolder = join(libraryFolder, "api")

/** @type {import("./step.mjs").Step} */
export const apiReport = {
  id: "api",
  title: "API reports are current",
  run: () => report(false),
  fix: () => report(true),
}

/** @param {boolean} update */
async function report(update) {
  const subpaths = readSubpaths()
  const missing = subpaths.filter(({ types }) => !existsSync(join(libraryFolder, types)))
  if (missing.length > 0)
    return fromComplaints(missing.map(({ types }) => `${types} is missing: build first (npx tsc -b)`))

  mkdirSync(reportFolder, { recursive: true })
  const { extractReport } = await import("../lib/api-extractor.mjs")
  const complaints = subpaths.flatMap((subpath) => {
    const found = extractReport({ ...subpath, reportFolder, update })
    return found.changed && !update ? [stale(subpath.name), ...found.complaints] : found.complaints
  })
  rmSync(join(reportFolder, "temp"), { recursive: true, force: true })
  return fromComplaints([...complaints, ...strayReports(subpaths)], `${subpaths.length} subpaths`)
}

/** @param {string} name */
const stale = (name) => `packages/holdfast/api/${name}.api.md is not current: run \`npm run fix\` and read the diff`

/** @param {ReturnType<typeof readSubpaths>} subpaths */
function strayReports(subpaths) {
  const expected = subpaths.map(({ name }) => `${name}.api.md`)
  return readdirSync(reportFolder)
    .filter((file) => file.endsWith(".api.md") && !expected.includes(file))
    .map((file) => `packages/holdfast/api/${file} belongs to no subpath: remove it`)
}
