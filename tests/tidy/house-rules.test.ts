import { expect, test } from "vitest"
import { fileComplaints, libraryComplaints } from "./house-rules.ts"
import { importsOf, resolveFrom } from "./imports.ts"
import { readTree } from "./source-tree.ts"

const library = readTree("packages/holdfast/src")
const workspaces = ["packages/holdfast", "tests", "examples/shop", "examples/transactions", "bench", "tools"]

test("the library takes time, randomness and settings from outside, and its scripts say what they are", () => {
  expect(library.size).toBeGreaterThan(50)
  expect(libraryComplaints(library)).toEqual([])
})

test.each(workspaces)("files of %s have one reason to exist, a plain name and named exports", (workspace) => {
  const tree = readTree(workspace)
  expect(tree.size).toBeGreaterThan(0)
  expect(fileComplaints(tree)).toEqual([])
})

/** The workspace of a file below `tests`: the servers are one of their own. */
const workspaceOf = (path: string) =>
  path.startsWith("servers/") ? "servers" : path.startsWith("../") ? "another" : "own"

// Tools may read the library's tables from its source: they run before anything is built.
test.each(workspaces.filter((name) => name !== "tools"))(
  "%s reaches the other workspaces by package name only",
  (workspace) => {
    const leaving = [...readTree(workspace)]
      .filter(([path]) => !path.endsWith(".lua"))
      .flatMap(([path, text]) => importsOf(path, text).map(({ from }) => ({ path, from })))
      .filter(({ path, from }) => from.startsWith(".") && workspaceOf(resolveFrom(path, from)) !== workspaceOf(path))
    expect(leaving).toEqual([])
  },
)

const worldly = [
  "const now = Date.now()",
  "const now = new Date()",
  "const now = performance.now()",
  "const waiting = setTimeout(() => {}, 5)",
  "setImmediate(() => {})",
  "globalThis.setInterval(() => {}, 5)",
  'import { setTimeout as sleep } from "node:timers/promises"',
  "const share = Math.random()",
  'import { randomUUID as id } from "node:crypto"',
  'import * as crypto from "node:crypto"; export const id = crypto.randomBytes(8)',
  'export const url = process.env["REDIS_URL"]',
  "export const options = { wait: setTimeout }",
]

test.each(worldly)("code that touches the world is found: %s", (text) => {
  expect(libraryComplaints(new Map([["cache/read.ts", text]]))).not.toEqual([])
  expect(libraryComplaints(new Map([["internal/clock.ts", text]]))).toEqual([])
})

const innocent = [
  "export const sentAt = new Date(0)",
  "export const timer = clock.setTimeout(() => {}, 5)",
  "export interface Clock { setTimeout(run: () => void, waitMs: number): void }",
  "/* Date.now() is not for us */ export const x = 1",
]

test.each(innocent)("code that does not touch the world is left alone: %s", (text) => {
  expect(libraryComplaints(new Map([["cache/read.ts", text]]))).toEqual([])
})

test("unit tests do not sleep", () => {
  expect(libraryComplaints(new Map([["cache/read.test.ts", "setTimeout(() => {}, 5)"]]))).toHaveLength(1)
})

const malformed = [
  ["cache/Read.ts", "export const x = 1", "kebab-case"],
  ["cache/read.ts", "export default 1", "default export"],
  ["cache/read.ts", "export default function read() {}", "default export"],
  ["cache/read.ts", "export enum Kind { A }", "enum"],
  ["cache/read.ts", "export namespace Kinds { export const a = 1 }", "namespace"],
  ["cache/read.ts", "let x = 1\n".repeat(301), "301 lines"],
] as const

test.each(malformed)("a malformed file is found: %s %#", (path, text, complaint) => {
  expect(fileComplaints(new Map([[path, text]]))).toEqual([expect.stringContaining(complaint)])
})

test("an inner index.ts is found", () => {
  expect(libraryComplaints(new Map([["cache/index.ts", ""]]))).toEqual([expect.stringContaining("index.ts")])
  expect(libraryComplaints(new Map([["exports/index.ts", ""]]))).toEqual([])
})

test("a script without a full header is found", () => {
  const whole =
    "-- release: gives a lease back.\n-- KEYS[1] lease    ARGV[1] token\n-- returns 1 released, 0 not ours\nreturn 0\n"
  expect(libraryComplaints(new Map([["scripts/release.lua", whole]]))).toEqual([])
  expect(libraryComplaints(new Map([["scripts/release.lua", "return 0\n"]]))).toHaveLength(3)
  expect(libraryComplaints(new Map([["scripts/fill.lua", whole]]))).toHaveLength(1)
  expect(libraryComplaints(new Map([["scripts/includes/envelope.lua", "return 0\n"]]))).toHaveLength(1)
})
