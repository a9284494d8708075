import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { cache, inRoot } from "./paths.mjs"
import { runNpm } from "./run.mjs"

const stampFile = join(cache, "installed-lock")

/**
 * Installs what package-lock.json names, unless that has been done.
 *
 * @param {(line: string) => void} say
 */
export async function ensureDependencies(say) {
  const lock = readFileSync(inRoot("package-lock.json"), "utf8")
  const stamp = createHash("sha256").update(lock).digest("hex")
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return

  if (!isInstalled(JSON.parse(lock))) {
    say("installing dependencies (npm ci)")
    const { code, output } = await runNpm(["ci", "--include=dev", "--loglevel=error"])
    if (code !== 0) throw new Error(`npm ci failed:\n${output}`)
  }
  mkdirSync(cache, { recursive: true })
  writeFileSync(stampFile, stamp)
}

/**
 * Whether node_modules holds every package of the lock file: npm keeps its own record, written last.
 *
 * @param {{ packages: Record<string, { version?: string, optional?: boolean, link?: boolean }> }} lock
 */
function isInstalled(lock) {
  const recordFile = inRoot("node_modules", ".package-lock.json")
  if (!existsSync(recordFile)) return false
  const record = JSON.parse(readFileSync(recordFile, "utf8")).packages
  return Object.entries(lock.packages)
    .filter(([path, entry]) => path.startsWith("node_modules/") && !entry.optional)
    .every(([path, entry]) => record[path]?.version === entry.version && record[path]?.link === entry.link)
}
