import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { readSubpaths } from "../lib/library.mjs"
import { withPackedLibrary } from "../lib/pack.mjs"
import { inRoot } from "../lib/paths.mjs"
import { run, runTool } from "../lib/run.mjs"
import { fromCommand } from "./step.mjs"

const compilerOptions = {
  target: "es2023",
  lib: ["es2023", "esnext.disposable"],
  module: "nodenext",
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  noEmit: true,
}

/** @type {import("./step.mjs").Step} */
export const consumer = {
  id: "consumer",
  title: "a strict TypeScript user compiles every subpath of the packed library, with nothing else installed",
  run: () =>
    withPackedLibrary(async ({ folder, tarball }) => {
      const imports = readSubpaths().map(
        ({ subpath, name }) => `export * as ${name.replaceAll("-", "_")} from "holdfast${subpath.slice(1)}"`,
      )
      writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }))
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["user.ts"] }))
      writeFileSync(join(folder, "user.ts"), imports.join("\n"))
      const installed = await install(folder, tarball)
      if (installed.code !== 0) return fromCommand(installed)
      return fromCommand(
        await runTool("@typescript/native", ["-p", folder, "--pretty", "false"], { bin: "tsc", cwd: folder }),
      )
    }),
}

/**
 * Unpacks the tarball where an installation would put it, beside the types of Node.
 *
 * @param {string} folder
 * @param {string} tarball
 */
function install(folder, tarball) {
  const modules = join(folder, "node_modules")
  mkdirSync(join(modules, "holdfast"), { recursive: true })
  mkdirSync(dirname(join(modules, "@types/node")), { recursive: true })
  symlinkSync(inRoot("node_modules/@types/node"), join(modules, "@types/node"), "junction")
  return run("tar", ["-xzf", tarball, "-C", join(modules, "holdfast"), "--strip-components=1"])
}
