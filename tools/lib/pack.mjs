import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { libraryFolder } from "./library.mjs"
import { runNpm } from "./run.mjs"

/**
 * @typedef {object} Packed
 * @property {string} folder A temporary folder that holds the tarball and is removed afterwards.
 * @property {string} tarball
 * @property {string[]} files What is in it.
 */

/**
 * Packs the library as it would be published, and hands the tarball over.
 *
 * @template T
 * @param {(packed: Packed) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withPackedLibrary(use) {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-pack-"))
  try {
    const { code, output } = await runNpm(["pack", "--json", "--pack-destination", folder], { cwd: libraryFolder })
    if (code !== 0) throw new Error(`npm pack failed:\n${output}`)
    const tarball = join(folder, readdirSync(folder).find((file) => file.endsWith(".tgz")) ?? "")
    return await use({ folder, tarball, files: readFileList(output) })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {string} output What `npm pack --json` printed, perhaps after the lines of the prepack script. */
function readFileList(output) {
  const report = JSON.parse(output.slice(output.search(/^[[{]\s*$/m)))
  const [packed] = Array.isArray(report) ? report : Object.values(report)
  return packed.files.map((/** @type {{ path: string }} */ file) => file.path)
}
