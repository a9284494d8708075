import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

/** Files by their path below some folder, with `/` between the parts: read from disk, or made up by a test. */
export type SourceTree = ReadonlyMap<string, string>

const repository = join(dirname(fileURLToPath(import.meta.url)), "..", "..")
const notSource = new Set(["node_modules", "dist", "results"])

/** Reads every source file below a folder of the repository, without what is compiled or installed. */
export function readTree(folder: string): SourceTree {
  return new Map(filesBelow(join(repository, folder), "").map((path) => [path, read(join(folder, path))]))
}

/** Reads one file of the repository. */
function read(path: string): string {
  return readFileSync(join(repository, path), "utf8")
}

function filesBelow(folder: string, prefix: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) {
      return notSource.has(entry.name) ? [] : filesBelow(join(folder, entry.name), `${prefix}${entry.name}/`)
    }
    return /\.(ts|mjs|lua)$/.test(entry.name) ? [`${prefix}${entry.name}`] : []
  })
}

/** Tests and what only tests use: they may import more than the code beside them. */
export const isTest = (path: string): boolean => /\.(test|test-d|bench|fuzz|fixture)\.ts$/.test(path)
