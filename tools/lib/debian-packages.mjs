import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { run } from "./run.mjs"

/**
 * Unpacks Debian's `redis-tools` and the libraries it needs into a folder, without root and without touching the system.
 * The result is `<folder>/redis-server`: a wrapper that names the libraries and becomes the server, so its process id is the server's.
 *
 * @param {string} folder
 * @returns {Promise<string | undefined>} What went wrong, if anything did.
 */
export async function unpackDebianServer(folder) {
  const unpacked = join(folder, "debian")
  const downloads = join(folder, "downloads")
  for (const path of [unpacked, downloads]) {
    rmSync(path, { recursive: true, force: true })
    mkdirSync(path, { recursive: true })
  }

  const failure = (await download(downloads, [])) && (await download(downloads, await ownLists(join(folder, "apt"))))
  if (failure !== undefined) return `apt-get download redis-tools failed.\n${failure}`
  for (const file of readdirSync(downloads)) {
    const { code, output } = await run("dpkg", ["-x", join(downloads, file), unpacked])
    if (code !== 0) return `dpkg -x ${file} failed.\n${output}`
  }
  for (const path of [downloads, join(folder, "apt")]) rmSync(path, { recursive: true, force: true })
  writeWrapper(folder, unpacked)
  const trial = await run(join(folder, "redis-server"), ["--version"])
  return trial.code === 0 ? undefined : `the unpacked server does not start.\n${trial.output}`
}

/**
 * @param {string} folder
 * @param {string[]} apt Options for apt-get.
 * @returns {Promise<string | undefined>} What apt-get said when it failed.
 */
async function download(folder, apt) {
  const names = await packagesToAdd(apt)
  if (names.length === 0) return "apt-get does not know the package"
  const { code, output } = await run("apt-get", [...apt, "download", ...names], { cwd: folder })
  return code === 0 ? undefined : output
}

/**
 * Reads the package lists into a folder of our own: the system has none or old ones, and only root may renew those.
 *
 * @param {string} folder
 * @returns {Promise<string[]>} The options that make apt-get use them.
 */
async function ownLists(folder) {
  mkdirSync(join(folder, "lists", "partial"), { recursive: true })
  mkdirSync(join(folder, "cache", "archives", "partial"), { recursive: true })
  const options = ["-o", `Dir::State::lists=${join(folder, "lists")}`, "-o", `Dir::Cache=${join(folder, "cache")}`]
  await run("apt-get", [...options, "update"])
  return options
}

/**
 * What an installation would add to this system: `redis-tools` and the libraries that are not there yet.
 *
 * @param {string[]} apt
 */
async function packagesToAdd(apt) {
  const { output } = await run("apt-get", [...apt, "install", "--simulate", "--no-install-recommends", "redis-tools"])
  return [...output.matchAll(/^Inst (\S+)/gm)].map(([, name = ""]) => name)
}

/**
 * @param {string} folder
 * @param {string} unpacked
 */
function writeWrapper(folder, unpacked) {
  const programs = join(unpacked, "usr", "bin")
  if (!existsSync(join(programs, "redis-server"))) symlinkSync("redis-check-rdb", join(programs, "redis-server"))
  const libraries = ["usr/lib", "lib"]
    .flatMap((path) => [join(unpacked, path), ...subfolders(join(unpacked, path))])
    .join(":")
  const wrapper = join(folder, "redis-server")
  rmSync(wrapper, { force: true })
  writeFileSync(wrapper, `#!/bin/sh\nLD_LIBRARY_PATH="${libraries}" exec "${join(programs, "redis-server")}" "$@"\n`)
  chmodSync(wrapper, 0o755)
}

/** @param {string} path */
function subfolders(path) {
  if (!existsSync(path)) return []
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.includes("-linux-"))
    .map((entry) => join(path, entry.name))
}
