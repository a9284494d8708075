// Writes docs/reference/*.md from the tables in packages/holdfast/src/catalogue, and the holes of docs/guarantees.md from tests/holes.
// Usage: node tools/reference-docs.mjs [--check]      `--check` writes nothing and exits with 1 if a page is not current.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { build } from "esbuild"
import { withFailureTable } from "./lib/failure-table.mjs"
import { inRoot } from "./lib/paths.mjs"
import { referencePages } from "./lib/reference-pages.mjs"

const docs = inRoot("docs")
const checking = process.argv.includes("--check")

/**
 * Reads tables from their sources, which import nothing but types and each other: no build is needed, and none can be out of date.
 *
 * @param {string} folder
 * @param {readonly string[]} names
 */
async function readTables(folder, names) {
  const contents = names.map((name) => `export * from "./${name}.ts"`).join("\n")
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder, loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
  })
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? "")}`)
}

/** @returns {Promise<import("./lib/reference-pages.mjs").Catalogue>} */
const readCatalogue = () =>
  readTables(inRoot("packages", "holdfast", "src", "catalogue"), [
    "error-codes",
    "error-meanings",
    "events",
    "metrics",
    "options",
    "cache-options",
    "tag-index-options",
    "sweep-options",
    "domain-event-options",
    "domain-event-metrics",
    "permissions",
    "acl-rules",
  ])

/** @returns {Promise<Pick<typeof import("../tests/holes/failure-table.ts"), "failureTable">>} */
const readHoles = () => readTables(inRoot("tests", "holes"), ["failure-table"])

/** @param {string} file below `docs` */
function contentOf(file) {
  try {
    return readFileSync(join(docs, file), "utf8")
  } catch {
    return undefined
  }
}

/** Every page by its path below `docs`, as it is to be committed. */
async function wantedPages() {
  const { failureTable } = await readHoles()
  const reference = [...referencePages(await readCatalogue())].map(([file, text]) => [`reference/${file}`, text])
  const guarantees = withFailureTable(contentOf("guarantees.md") ?? "", failureTable)
  return new Map([...reference, ["guarantees.md", guarantees]].map(([file = "", text = ""]) => [file, text]))
}

async function main() {
  const wanted = await wantedPages()
  mkdirSync(join(docs, "reference"), { recursive: true })
  const stale = [...wanted].filter(([file, text]) => contentOf(file) !== text)
  const orphans = readdirSync(join(docs, "reference"))
    .map((file) => `reference/${file}`)
    .filter((file) => !wanted.has(file))
  if (checking) {
    for (const [file] of stale) console.error(`docs/${file} is not current: run node tools/reference-docs.mjs`)
    for (const file of orphans) console.error(`docs/${file} comes from no table: remove it`)
    process.exitCode = stale.length + orphans.length === 0 ? 0 : 1
    return
  }
  for (const [file, text] of stale) writeFileSync(join(docs, file), text)
  for (const file of orphans) rmSync(join(docs, file))
  console.log(`${wanted.size} pages, ${stale.length} written, ${orphans.length} removed`)
}

await main()
