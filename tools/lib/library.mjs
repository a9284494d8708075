import { readFileSync } from "node:fs"
import { inRoot } from "./paths.mjs"

/** The folder of the published package. */
export const libraryFolder = inRoot("packages", "holdfast")

/** The parsed package.json of the library. */
export const readManifest = () => JSON.parse(readFileSync(`${libraryFolder}/package.json`, "utf8"))

/**
 * The public subpaths as package.json states them: name (`index`, `testing`) and compiled files.
 *
 * @returns {{ subpath: string, name: string, js: string, types: string }[]}
 */
export function readSubpaths() {
  return Object.entries(readManifest().exports)
    .filter(([subpath]) => subpath !== "./package.json")
    .map(([subpath, target]) => ({
      subpath,
      name: subpath === "." ? "index" : subpath.slice(2),
      js: target.default,
      types: target.types,
    }))
}
