import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs"
import { delimiter, join } from "node:path"
import { unpackDebianServer } from "./debian-packages.mjs"
import { cache } from "./paths.mjs"
import { run } from "./run.mjs"

/** Where the tests and the shop look for a server that is on no PATH. */
export const privateServer = join(cache, "servers", "redis-server")

// Debian's `redis-tools` holds the server itself: started under the name redis-server, this program is one.
const debianPrograms = ["/usr/bin/redis-check-rdb", "/usr/bin/valkey-check-rdb"]

/**
 * Sees to it that a redis-server or valkey-server can be started.
 *
 * @param {(line: string) => void} say
 * @returns {Promise<string | undefined>} Nothing, or what a person must do because there is none.
 */
export async function ensureRedisServer(say) {
  if (isAvailable() || linkDebianProgram()) return undefined
  if (!onPath("apt-get")) return `no redis-server or valkey-server found. Install one: ${installCommand()}`

  if (process.getuid?.() === 0) {
    say("installing a Redis server (apt-get install redis-tools)")
    const failure = await aptInstall("redis-tools")
    if (failure !== undefined) return `no Redis server: apt-get install redis-tools failed.\n${failure}`
    return isAvailable() || linkDebianProgram()
      ? undefined
      : "no Redis server: redis-tools holds none. Install redis-server."
  }
  say("unpacking a Redis server below node_modules/.cache (apt-get download redis-tools)")
  const failure = await unpackDebianServer(join(cache, "servers"))
  return failure && `no Redis server: ${failure}\nInstall one: sudo apt-get install redis-server`
}

/** Whether `HOLDFAST_REDIS_SERVER`, the PATH or the private folder has a server. */
function isAvailable() {
  const named = process.env["HOLDFAST_REDIS_SERVER"]
  if (named) return existsSync(named)
  return onPath("redis-server") || onPath("valkey-server") || existsSync(privateServer)
}

function linkDebianProgram() {
  const program = debianPrograms.find((path) => existsSync(path))
  if (program === undefined) return false
  mkdirSync(join(cache, "servers"), { recursive: true })
  rmSync(privateServer, { force: true })
  symlinkSync(program, privateServer)
  return true
}

/**
 * Installs a package as root; reads the package lists first where they are missing or old.
 *
 * @param {string} name
 * @returns {Promise<string | undefined>} What apt-get said when it failed.
 */
async function aptInstall(name) {
  const install = () =>
    run("apt-get", ["install", "-y", "--no-install-recommends", name], { env: { DEBIAN_FRONTEND: "noninteractive" } })
  let result = await install()
  if (result.code !== 0) {
    await run("apt-get", ["update"])
    result = await install()
  }
  return result.code === 0 ? undefined : result.output
}

/** @param {string} program */
function onPath(program) {
  const folders = (process.env["PATH"] ?? "").split(delimiter)
  return folders.some((folder) => folder !== "" && existsSync(join(folder, program)))
}

function installCommand() {
  if (process.platform === "darwin") return "brew install redis"
  if (process.platform === "win32") return "use WSL, or set HOLDFAST_REDIS_SERVER to a server program"
  if (onPath("dnf")) return "sudo dnf install valkey"
  if (onPath("apk")) return "apk add redis"
  if (onPath("pacman")) return "sudo pacman -S valkey"
  return "your system's package redis or valkey, or set HOLDFAST_REDIS_SERVER to a server program"
}
