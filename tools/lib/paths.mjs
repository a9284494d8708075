import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

/** The top folder of the repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..")

/** Where set-up and checks keep what they may lose: stamps, reports, server binaries. */
export const cache = join(root, "node_modules", ".cache", "holdfast")

/**
 * A path below the top folder.
 *
 * @param {string[]} parts
 */
export const inRoot = (...parts) => join(root, ...parts)
