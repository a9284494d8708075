// Runs before `npm pack` and `npm publish` in packages/holdfast: the package carries the README and the licence of the repository.
import { copyFileSync, existsSync } from "node:fs"
import { join } from "node:path"
import { libraryFolder } from "./lib/library.mjs"
import { inRoot } from "./lib/paths.mjs"

for (const name of ["README.md", "LICENSE"]) {
  if (existsSync(inRoot(name))) copyFileSync(inRoot(name), join(libraryFolder, name))
}
