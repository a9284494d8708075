import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { isRunning } from "./fixtures/is-running.ts"
import { findRedis } from "./find-redis.ts"
import { listServers } from "./list-servers.ts"
import { startRedis } from "./redis-process.ts"

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "holdfast-list-"))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function place(path: string, ...script: readonly string[]): string {
  const file = join(dir, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `#!/bin/sh\n${script.join("\n")}\n`, { mode: 0o755 })
  return file
}

const placeServer = (path: string, engine: string, version: string): string =>
  place(path, `echo '${engine} server v=${version} sha=00000000:0 malloc=libc bits=64 build=0'`)

test("the server that is used anyway comes first, then the newest patch of every release, in order", () => {
  const PATH = dirname(placeServer("path/redis-server", "Redis", "7.0.15"))
  placeServer("all/bin/valkey-9.1.2-server", "Valkey", "9.1.2")
  placeServer("all/bin/valkey-10.0.0-server", "Valkey", "10.0.0")
  placeServer("all/bin/redis-8.0.10-server", "Redis", "8.0.10")
  placeServer("all/bin/redis-8.0.2-server", "Redis", "8.0.2")
  placeServer("all/bin/redis-7.0.11-server", "Redis", "7.0.11")
  place("all/bin/redis-8.0.2-cli", "exit 1")
  const found = listServers({ env: { PATH, HOLDFAST_SERVERS: join(dir, "all") } })
  expect(found.map(({ engine, version }) => `${engine} ${version}`)).toEqual([
    "redis 7.0.15",
    "redis 8.0.10",
    "valkey 9.1.2",
    "valkey 10.0.0",
  ])
  expect(listServers({ env: { PATH, HOLDFAST_SERVERS: join(dir, "all", "bin") } })).toEqual(found)
  expect(listServers({ env: { PATH } })).toEqual(found.slice(0, 1))
})

test("a folder without servers, a wrong name and a server that does not start are errors", () => {
  const PATH = dirname(placeServer("path/redis-server", "Redis", "7.0.15"))
  const list = (folder: string) => () => listServers({ env: { PATH, HOLDFAST_SERVERS: join(dir, folder) } })
  expect(list("nowhere")).toThrow("has no file called")
  placeServer("misnamed/valkey-8.1.1-server", "Valkey", "8.0.1")
  expect(list("misnamed")).toThrow("valkey-8.1.1-server in the folder that HOLDFAST_SERVERS names is valkey 8.0.1")
  place("broken/valkey-8.1.1-server", "exit 1")
  expect(list("broken")).toThrow("does not start")
})

test("a wrapper that becomes the server is frozen and killed like one", async () => {
  const real = findRedis()
  if (real === undefined) throw new Error("no server")
  const argv0 = real.argv0 ?? real.path
  const path = place("bin/wrapper", `exec /usr/bin/env bash -c 'exec -a "$0" "$@"' '${argv0}' '${real.path}' "$@"`)
  await using redis = await startRedis({ binary: { path, engine: real.engine, version: real.version } })
  const { pid } = redis
  expect(await redis.command("INFO", "server")).toContain(`process_id:${pid}`)
  redis.freeze()
  await redis.kill()
  expect(isRunning(pid)).toBe(false)
})
