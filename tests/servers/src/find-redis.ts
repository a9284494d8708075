import { spawnSync } from "node:child_process"
import { accessSync, constants, statSync } from "node:fs"
import { basename, delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { ServerStartError } from "./server-start-error.ts"

/** A Redis or Valkey server program. */
export interface RedisBinary {
  readonly path: string
  /** The name under which the program must be called to act as the server. */
  readonly argv0?: string
  readonly engine: "redis" | "valkey"
  /** Such as "7.0.15". */
  readonly version: string
}

/** Where to look: for tests of the search itself. */
export interface FindRedisOptions {
  /** Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Default `process.cwd()`. */
  readonly cwd?: string
}

const CACHED = join("node_modules", ".cache", "holdfast", "servers", "redis-server")

/**
 * Finds a server program: HOLDFAST_REDIS_SERVER, `redis-server` and `valkey-server` on the PATH,
 * a copy cached under node_modules, and Debian's redis-tools, whose redis-check-rdb is the server
 * under another name. Undefined when there is none.
 *
 * Throws when HOLDFAST_REDIS_SERVER names something that is no server.
 */
export function findRedis(options: FindRedisOptions = {}): RedisBinary | undefined {
  const env = options.env ?? process.env
  const wanted = env["HOLDFAST_REDIS_SERVER"]
  if (wanted !== undefined && wanted !== "") {
    const binary = identify(wanted)
    if (binary !== undefined) return binary
    throw new ServerStartError(
      "HOLDFAST_REDIS_SERVER does not name a Redis or Valkey server. Set it to the path of one, or unset it.",
    )
  }
  for (const path of candidates(env["PATH"] ?? "", options.cwd ?? process.cwd())) {
    const binary = identify(path)
    if (binary !== undefined) return binary
  }
  return undefined
}

function* candidates(searchPath: string, cwd: string): Generator<string> {
  const folders = searchPath.split(delimiter).filter((folder) => folder !== "")
  for (const name of ["redis-server", "valkey-server"]) {
    for (const folder of folders) yield join(folder, name)
  }
  for (const start of [cwd, dirname(fileURLToPath(import.meta.url))]) {
    for (const folder of ancestors(start)) yield join(folder, CACHED)
  }
  yield "/usr/bin/redis-check-rdb"
  yield "/usr/bin/valkey-check-rdb"
}

function* ancestors(start: string): Generator<string> {
  for (let folder = start; ; folder = dirname(folder)) {
    yield folder
    if (dirname(folder) === folder) return
  }
}

// Running a program to ask its version takes longer than some servers take to start.
const identified = new Map<string, RedisBinary>()

/** What a program is, asked once; undefined if it is no server. */
export function identify(path: string): RedisBinary | undefined {
  if (!isExecutable(path)) return undefined
  const binary = identified.get(path) ?? askVersion(path)
  if (binary !== undefined) identified.set(path, binary)
  return binary
}

function askVersion(path: string): RedisBinary | undefined {
  const argv0 = /^(redis|valkey)-check-rdb$/.exec(basename(path))?.[1]
  const called = argv0 === undefined ? {} : { argv0: `${argv0}-server` }
  const { stdout } = spawnSync(path, ["--version"], { ...called, encoding: "utf8", timeout: 5000 })
  const [, engine, version] = /^(redis|valkey) server v=([\d.]+)/i.exec(stdout ?? "") ?? []
  if (engine === undefined || version === undefined) return undefined
  return { path, ...called, engine: engine.toLowerCase() === "valkey" ? "valkey" : "redis", version }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
