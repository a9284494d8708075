import { createHash } from "node:crypto"
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { build, type Plugin } from "esbuild"

const bundles = new Map<string, Promise<string>>()

/**
 * A TypeScript file and what it imports of its package as one JavaScript file, which a process starts with in half the time. Made once
 * per process; the same text is one file.
 *
 * @returns its path, in `dist/workers` of the package that the file belongs to
 */
export function bundleWorker(path: string): Promise<string> {
  const known = bundles.get(path) ?? makeBundle(path)
  bundles.set(path, known)
  return known
}

async function makeBundle(path: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path],
    bundle: true,
    plugins: [librariesStayOutside],
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: "inline",
    write: false,
  })
  const text = outputFiles[0]?.text ?? ""
  const name = `${basename(path, ".ts")}-${createHash("sha256").update(text).digest("hex").slice(0, 16)}.mjs`
  const file = join(packageFolder(dirname(path)), "dist", "workers", name)
  if (!existsSync(file)) putInPlace(file, text)
  return file
}

/** All but Holdfast, whose many files take longer to be found than to be read. */
const librariesStayOutside: Plugin = {
  name: "libraries-stay-outside",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === "entry-point" || /^holdfast($|\/)/.test(path) ? undefined : { path, external: true },
    )
  },
}

/** Whole or not at all: other test processes may be about to start it. */
function putInPlace(file: string, text: string): void {
  const own = `${file}.${process.pid}`
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(own, text)
  renameSync(own, file)
}

function packageFolder(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder
  const parent = dirname(folder)
  if (parent === folder) throw new Error("The file of a worker is in no package.")
  return packageFolder(parent)
}
