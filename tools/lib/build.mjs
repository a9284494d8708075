import { existsSync, readdirSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import { inRoot } from "./paths.mjs"
import { tsc } from "./run.mjs"

/** Every folder that is compiled, with the project that compiles it. */
export const workspaces = {
  library: { folder: "packages/holdfast", project: "packages/holdfast/tsconfig.build.json" },
  servers: { folder: "tests/servers", project: "tests/servers" },
  shop: { folder: "examples/shop", project: "examples/shop" },
  transactions: { folder: "examples/transactions", project: "examples/transactions" },
  bench: { folder: "bench", project: "bench" },
}

/** @typedef {keyof typeof workspaces} Workspace */

/**
 * Compiles the named workspaces; does nothing where the sources have not changed.
 *
 * @param {readonly Workspace[]} names
 * @param {(line: string) => void} say
 */
export async function ensureBuilt(names, say) {
  const chosen = names.map((name) => workspaces[name])
  for (const { folder } of chosen) removeOrphans(inRoot(folder, "dist"), inRoot(folder, "src"))

  const before = chosen.map(builtAt)
  const startedAt = performance.now()
  const { code, output } = await tsc(chosen.map(({ project }) => project))
  if (code !== 0) throw new Error(`the build failed; repeat it with: npx tsc -b\n${output}`)
  if (chosen.some((workspace, index) => builtAt(workspace) !== before[index])) {
    say(`built ${names.join(", ")} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`)
  }
}

/** @param {{ folder: string }} workspace */
function builtAt({ folder }) {
  const record = inRoot(folder, "dist", ".tsbuildinfo")
  return existsSync(record) ? statSync(record).mtimeMs : 0
}

/**
 * Removes compiled files whose source is gone: the compiler leaves them, and they would be published.
 *
 * @param {string} dist
 * @param {string} src
 */
export function removeOrphans(dist, src) {
  if (!existsSync(dist)) return
  for (const file of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
    const source = file.match(/^(.*?)(?:\.js|\.d\.ts)(?:\.map)?$/)?.[1]
    if (source !== undefined && !existsSync(join(src, `${source}.ts`))) rmSync(join(dist, file))
  }
}
