import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { findRedis } from "./find-redis.ts"
import { ServerStartError } from "./server-start-error.ts"

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "holdfast-find-"))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function place(path: string, says: string): string {
  const file = join(dir, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 })
  return file
}

const REDIS = "Redis server v=7.4.1 sha=00000000:0 malloc=libc bits=64 build=0"
const VALKEY = "Valkey server v=8.1.2 sha=00000000:0 malloc=libc bits=64 build=0"

test("the variable wins over the PATH, redis over valkey, both over the cached copy", () => {
  const wanted = place("else/server", VALKEY)
  const valkey = place("path1/valkey-server", VALKEY)
  const redis = place("path2/redis-server", REDIS)
  const cached = place("node_modules/.cache/holdfast/servers/redis-server", REDIS)
  const cwd = join(dir, "path1")
  const PATH = [join(dir, "path1"), join(dir, "path2")].join(":")

  const first = findRedis({ env: { PATH, HOLDFAST_REDIS_SERVER: wanted }, cwd })
  expect(first).toEqual({ path: wanted, engine: "valkey", version: "8.1.2" })
  expect(findRedis({ env: { PATH }, cwd })).toEqual({ path: redis, engine: "redis", version: "7.4.1" })
  expect(findRedis({ env: { PATH: join(dir, "path1") }, cwd })?.path).toBe(valkey)
  expect(findRedis({ env: { PATH: "" }, cwd })?.path).toBe(cached)
})

test("redis-check-rdb is called as redis-server", () => {
  const path = place("redis-check-rdb", REDIS)
  expect(findRedis({ env: { HOLDFAST_REDIS_SERVER: path } })).toMatchObject({ path, argv0: "redis-server" })
})

test("a variable that names no server is an error, not passed over", () => {
  const path = place("redis-server", "something else")
  expect(() => findRedis({ env: { HOLDFAST_REDIS_SERVER: path } })).toThrow(ServerStartError)
})
