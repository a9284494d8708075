import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { findRedis, identify } from "./find-redis.ts"
import type { FindRedisOptions, RedisBinary } from "./find-redis.ts"
import { ServerStartError } from "./server-start-error.ts"

const WRAPPER = /^(redis|valkey)-\d[\d.]*-server$/

/**
 * All servers that tests may run on: first what `findRedis` finds, then those of the folder that HOLDFAST_SERVERS
 * names, or of its `bin`, which are called `<engine>-<version>-server`; of each engine and `x.y` the newest patch.
 *
 * Throws when the folder has none, and when one of them is not what its name says: a matrix that silently
 * lacks a column would look complete.
 */
export function listServers(options: FindRedisOptions = {}): readonly RedisBinary[] {
  const first = findRedis(options)
  const folder = (options.env ?? process.env)["HOLDFAST_SERVERS"]
  const others = folder === undefined || folder === "" ? [] : newestPatches(wrappersOf(folder))
  return [...(first === undefined ? [] : [first]), ...others.filter((each) => !sameRelease(each, first))]
}

function wrappersOf(folder: string): RedisBinary[] {
  for (const path of [join(folder, "bin"), folder]) {
    const names = existsSync(path) ? readdirSync(path).filter((name) => WRAPPER.test(name)) : []
    if (names.length > 0) return names.map((name) => wrapped(join(path, name), name))
  }
  throw new ServerStartError(
    "The folder that HOLDFAST_SERVERS names has no file called <engine>-<version>-server. Fill it with `sh tools/get-servers.sh DIR`, or unset it.",
  )
}

function wrapped(path: string, name: string): RedisBinary {
  const binary = identify(path)
  if (binary !== undefined && name === `${binary.engine}-${binary.version}-server`) return binary
  const what = binary === undefined ? "does not start" : `is ${binary.engine} ${binary.version}`
  throw new ServerStartError(`${name} in the folder that HOLDFAST_SERVERS names ${what}. Remove it.`)
}

function newestPatches(binaries: readonly RedisBinary[]): RedisBinary[] {
  const sorted = binaries.toSorted((a, b) => a.engine.localeCompare(b.engine) || byVersion(a.version, b.version))
  return sorted.filter((each, at) => !sameRelease(each, sorted[at + 1]))
}

function sameRelease(one: RedisBinary, other: RedisBinary | undefined): boolean {
  return one.engine === other?.engine && release(one.version) === release(other.version)
}

function release(version: string): string {
  return version.split(".").slice(0, 2).join(".")
}

function byVersion(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true })
}
