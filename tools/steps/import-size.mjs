import { existsSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { libraryFolder } from "../lib/library.mjs"
import { fromComplaints } from "./step.mjs"

/** What was reached, rounded up to the next 500. It is lowered when that is possible, and raised only as docs/decisions/0009 says. */
const ceilingBytes = 104_500
const goalBytes = 25_000
const mustNotAppear = ["ioredis", "redis", "@redis/client", "pg", "msgpackr"]

/** @type {import("./step.mjs").Step} */
export const importSize = {
  id: "size",
  title: 'what `import "holdfast"` costs',
  async run() {
    const entry = join(libraryFolder, "dist", "exports", "index.js")
    if (!existsSync(entry)) return fromComplaints([`${entry} is missing: build first (npx tsc -b)`])
    const { build } = await import("esbuild")
    const { outputFiles, metafile } = await build({
      entryPoints: [entry],
      absWorkingDir: libraryFolder,
      bundle: true,
      minify: true,
      format: "esm",
      platform: "node",
      target: "node20",
      packages: "external",
      metafile: true,
      write: false,
      logLevel: "silent",
    })
    const bytes = gzipSync(outputFiles[0]?.contents ?? "").length
    return fromComplaints([...sizeComplaints(bytes), ...foreignComplaints(metafile)], noteOn(bytes))
  },
}

/** @param {number} bytes */
function noteOn(bytes) {
  const reached = Math.ceil(bytes / 500) * 500
  const lower = reached < ceilingBytes ? `, which can be lowered to ${reached / 1000} kB` : ""
  return `${(bytes / 1000).toFixed(1)} kB min+gzip of at most ${ceilingBytes / 1000} kB${lower}; the goal is ${goalBytes / 1000} kB`
}

/** @param {number} bytes */
function sizeComplaints(bytes) {
  if (bytes === 0) return ["the bundle is empty: nothing was measured"]
  return bytes > ceilingBytes ? [`${bytes} bytes min+gzip, the ceiling is ${ceilingBytes}`] : []
}

/**
 * The bundle may hold our files and name Node's modules, nothing else.
 *
 * @param {import("esbuild").Metafile} metafile
 */
function foreignComplaints(metafile) {
  const [output] = Object.values(metafile.outputs)
  const imported = (output?.imports ?? []).map(({ path }) => path).filter((path) => !path.startsWith("node:"))
  const bundled = Object.keys(metafile.inputs).filter((path) => !path.startsWith("dist/"))
  return [
    ...imported.map(
      (path) =>
        `imports the package ${path}${mustNotAppear.includes(path) ? ": clients and codecs are passed in" : ""}`,
    ),
    ...bundled.map((path) => `bundles ${path}`),
  ]
}
