// Runs before `npm pack` and `npm publish` in packages/holdfast: the package carries the README and the licence of the repository.
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { libraryFolder, readSubpaths } from "./lib/library.mjs"
import { packedReadme } from "./lib/packed-readme.mjs"
import { inRoot } from "./lib/paths.mjs"

const compiled = readSubpaths().flatMap(({ js, types }) => [js, types])
const missing = compiled.find((path) => !existsSync(join(libraryFolder, path)))
if (missing !== undefined) {
  console.error(`Nothing is packed: ${missing} is missing in packages/holdfast. Build it first: npx tsc -b`)
  process.exit(1)
}

writeFileSync(join(libraryFolder, "README.md"), packedReadme(readFileSync(inRoot("README.md"), "utf8")))
copyFileSync(inRoot("LICENSE"), join(libraryFolder, "LICENSE"))
