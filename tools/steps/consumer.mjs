import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { readSubpaths } from "../lib/library.mjs"
import { withPackedLibrary } from "../lib/pack.mjs"
import { inRoot } from "../lib/paths.mjs"
import { codeBlocks } from "../lib/readme-code.mjs"
import { run, runTool } from "../lib/run.mjs"
import { fromCommand, fromComplaints } from "./step.mjs"

/** What a user of the library has installed beside it; the examples may import these. */
const installed = ["@types/node", "ioredis", "msgpackr", "redis"]

const strictest = {
  target: "es2023",
  lib: ["es2023", "esnext.disposable"],
  module: "nodenext",
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noEmit: true,
}

/** @type {import("./step.mjs").Step} */
export const consumer = {
  id: "consumer",
  title: "a strict TypeScript user compiles the packed library and the README's examples",
  run: () =>
    withPackedLibrary(async ({ folder, tarball }) => {
      const readme = inRoot("README.md")
      const blocks = existsSync(readme) ? codeBlocks(readFileSync(readme, "utf8")) : []
      if (blocks.length === 0) return fromComplaints(["README.md has no ```ts example to compile"])

      const unpacked = await unpack(folder, tarball)
      if (unpacked.code !== 0) return fromCommand(unpacked)
      const imports = readSubpaths().map(
        ({ subpath, name }) => `export * as ${name} from "holdfast${subpath.slice(1)}"`,
      )
      write(folder, "whole/subpaths.ts", imports.join("\n"))
      write(folder, "whole/tsconfig.json", JSON.stringify({ compilerOptions: { ...strictest, skipLibCheck: false } }))
      blocks.forEach(({ line, code }) => write(folder, `readme/line-${line}.ts`, code))
      write(folder, "readme/tsconfig.json", JSON.stringify({ compilerOptions: { ...strictest, skipLibCheck: true } }))
      const whole = await compile(folder, "whole")
      return whole.code === 0
        ? fromCommand(await compile(folder, "readme"), `${blocks.length} examples`)
        : fromCommand(whole)
    }),
}

/**
 * Lays the folder out as a project that has installed the tarball.
 *
 * @param {string} folder
 * @param {string} tarball
 */
function unpack(folder, tarball) {
  write(folder, "package.json", JSON.stringify({ name: "consumer", private: true, type: "module" }))
  const target = join(folder, "node_modules", "holdfast")
  mkdirSync(target, { recursive: true })
  for (const name of installed) {
    mkdirSync(dirname(join(folder, "node_modules", name)), { recursive: true })
    symlinkSync(inRoot("node_modules", name), join(folder, "node_modules", name), "junction")
  }
  return run("tar", ["-xzf", tarball, "-C", target, "--strip-components=1"])
}

/**
 * @param {string} folder
 * @param {string} project
 */
const compile = (folder, project) =>
  runTool("@typescript/native", ["-p", project, "--pretty", "false"], { bin: "tsc", cwd: folder })

/**
 * @param {string} folder
 * @param {string} path
 * @param {string} text
 */
function write(folder, path, text) {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}
