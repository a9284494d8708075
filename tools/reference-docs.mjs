// Writes docs/reference/*.md from the tables in packages/holdfast/src/catalogue.
// Usage: node tools/reference-docs.mjs [--check]      `--check` writes nothing and exits with 1 if a page is not current.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { build } from "esbuild"
import { inRoot } from "./lib/paths.mjs"
import { referencePages } from "./lib/reference-pages.mjs"

const catalogueFolder = inRoot("packages", "holdfast", "src", "catalogue")
const referenceFolder = inRoot("docs", "reference")
const checking = process.argv.includes("--check")

/**
 * Reads the tables from their sources, which import nothing but types: no build is needed, and none can be out of date.
 *
 * @returns {Promise<import("./lib/reference-pages.mjs").Catalogue>}
 */
async function readCatalogue() {
  const { outputFiles } = await build({
    stdin: {
      contents: [
        "error-codes",
        "error-meanings",
        "events",
        "metrics",
        "options",
        "cache-options",
        "tag-index-options",
        "domain-event-options",
        "domain-event-metrics",
      ]
        .map((name) => `export * from "./${name}.ts"`)
        .join("\n"),
      resolveDir: catalogueFolder,
      loader: "ts",
    },
    bundle: true,
    write: false,
    format: "esm",
  })
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? "")}`)
}

/** @param {string} file */
function contentOf(file) {
  try {
    return readFileSync(join(referenceFolder, file), "utf8")
  } catch {
    return undefined
  }
}

async function main() {
  const wanted = referencePages(await readCatalogue())
  mkdirSync(referenceFolder, { recursive: true })
  const stale = [...wanted].filter(([file, text]) => contentOf(file) !== text)
  const orphans = readdirSync(referenceFolder).filter((file) => !wanted.has(file))
  if (checking) {
    for (const [file] of stale)
      console.error(`docs/reference/${file} is not current: run node tools/reference-docs.mjs`)
    for (const file of orphans) console.error(`docs/reference/${file} comes from no table: remove it`)
    process.exitCode = stale.length + orphans.length === 0 ? 0 : 1
    return
  }
  for (const [file, text] of stale) writeFileSync(join(referenceFolder, file), text)
  for (const file of orphans) rmSync(join(referenceFolder, file))
  console.log(`${wanted.size} pages, ${stale.length} written, ${orphans.length} removed`)
}

await main()
