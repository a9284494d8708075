import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { libraryFolder, readManifest, readSubpaths } from "../lib/library.mjs"
import { withPackedLibrary } from "../lib/pack.mjs"
import { inRoot } from "../lib/paths.mjs"
import { runTool } from "../lib/run.mjs"
import { fromCommand, fromComplaints } from "./step.mjs"

/** @type {import("./step.mjs").Step} */
export const packageShape = {
  id: "package",
  title: "npm pack, publint, attw",
  run: () =>
    withPackedLibrary(async ({ tarball, files }) => {
      const complaints = [...exportComplaints(), ...contentComplaints(files), ...linkComplaints()]
      if (complaints.length > 0) return fromComplaints(complaints)
      const publint = await runTool("publint", ["run", tarball, "--strict"])
      if (publint.code !== 0) return fromCommand(publint)
      return fromCommand(await runTool("@arethetypeswrong/cli", [tarball, "--profile", "esm-only"], { bin: "attw" }))
    }),
}

/** One file of src/exports is one subpath, and the reverse; nothing is needed at run time. */
function exportComplaints() {
  const manifest = readManifest()
  const entries = readdirSync(inRoot("packages/holdfast/src/exports"), { withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name.replace(/\.ts$/, ""))
  const subpaths = readSubpaths().map(({ name }) => name)
  return [
    ...missingFrom(subpaths, files).map((name) => `src/exports/${name}.ts is in no "exports" of package.json`),
    ...missingFrom(files, subpaths).map((name) => `package.json exports "${name}": src/exports/${name}.ts is missing`),
    ...Object.keys(manifest.dependencies ?? {}).map((name) => `the library must have no run-time dependency: ${name}`),
  ]
}

/** @param {string[]} files */
function contentComplaints(files) {
  const unwanted = files.filter((path) => /\.(test|fixture)\.|tsbuildinfo/.test(path))
  return [
    ...missingFrom(files, ["README.md", "LICENSE"]).map((name) => `the package lacks ${name}`),
    ...unwanted.map((path) => `the package must not hold ${path}`),
  ]
}

/** The README that was packed just now leads nowhere but to itself and to addresses. */
function linkComplaints() {
  const readme = readFileSync(join(libraryFolder, "README.md"), "utf8")
  return [...readme.matchAll(/\]\((?!https?:|#)([^)]*)\)/g)].map(
    ([, target]) => `the README of the package links to ${target}, which is not in it`,
  )
}

/**
 * @param {readonly string[]} present
 * @param {readonly string[]} wanted
 */
const missingFrom = (present, wanted) => wanted.filter((name) => !present.includes(name))
