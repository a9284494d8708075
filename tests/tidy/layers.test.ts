import { expect, test } from "vitest"
import { layerComplaints } from "./layers.ts"
import { readTree } from "./source-tree.ts"

const source = readTree("packages/holdfast/src")

test("the table is checked against a real tree, not an empty one", () => {
  const folders = new Set([...source.keys()].map((path) => path.split("/")[0]))
  expect(source.size).toBeGreaterThan(50)
  expect([...folders]).toEqual(expect.arrayContaining(["cache", "contracts", "exports", "scripts", "stores"]))
})

test("nobody imports what the layer table does not allow", () => {
  expect(layerComplaints(source)).toEqual([])
})

const planted = [
  ["policy/breaker.ts", 'import { redisStore } from "../stores/redis/redis-store.ts"', "policy may not import stores"],
  ["cache/read.ts", 'import type { RedisStore } from "../stores/redis/redis-store.ts"', "cache may not import stores"],
  ["cache/read.ts", 'export { get } from "../clients/ioredis-client.ts"', "cache may not import clients"],
  ["cache/read.ts", 'const x = await import("../clients/ioredis-client.ts")', "cache may not import clients"],
  ["cache/read.ts", 'let x: import("../connection/watchdog.ts").Watchdog', "cache may not import connection"],
  ["stores/memory/memory-store.ts", 'import { a } from "../redis/a.ts"', "stores may not import stores"],
  ["contracts/store.ts", 'import { key } from "../entry/key.ts"', "contracts may not import entry"],
  ["errors/holdfast-error.ts", 'import { createHoldfast } from "../exports/index.ts"', "errors may not import exports"],
  ["entry/key.ts", 'import x from "./key.test.ts"', "a test is imported by nothing"],
  ["codecs/msgpack.ts", 'import { pack } from "msgpackr"', "no package may be imported here"],
  ["codecs/msgpack.ts", 'import type { Packr } from "msgpackr"', "no package may be imported here"],
  ["clients/ioredis-client.ts", 'import { Redis } from "ioredis"', "no package may be imported here"],
  ["clients/ioredis-client.ts", 'import "ioredis"', "no package may be imported here"],
  ["cache/read.ts", 'import type { Redis } from "ioredis"', "no package may be imported here"],
  ["nearby/sieve.ts", "", '"nearby" is no layer'],
  ["loose.ts", "", '"(none)" is no layer'],
] as const

test.each(planted)("a planted violation is found: %s, %s", (path, text, complaint) => {
  expect(layerComplaints(new Map([[path, text]]))).toEqual([expect.stringContaining(complaint)])
})

const allowed = [
  ["exports/index.ts", 'import { redisStore } from "../stores/redis/redis-store.ts"'],
  ["stores/redis/redis-store.ts", 'import { fill } from "../../scripts/generated/fill.ts"'],
  ["stores/redis/redis-store.ts", 'import { answer } from "../answer.ts"'],
  ["contracts/store.ts", 'import type { Key } from "../entry/key.ts"'],
  ["clients/ioredis-client.ts", 'import type { Redis } from "ioredis"'],
  ["policy/breaker.test.ts", 'import { test } from "vitest"; import { clock } from "../testing/virtual-clock.ts"'],
  ["entry/digest.ts", 'import { createHash } from "node:crypto" // import { x } from "lodash"'],
] as const

test.each(allowed)("what the table allows is not complained about: %s, %s", (path, text) => {
  expect(layerComplaints(new Map([[path, text]]))).toEqual([])
})
