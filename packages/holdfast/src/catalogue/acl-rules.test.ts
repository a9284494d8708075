import { readdirSync, readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { aclRules } from "./acl-rules.ts"
import { permissions } from "./permissions.ts"

const scripts = new URL("../scripts/", import.meta.url)

/** Commands that scripts call. */
function scripted(): Set<string> {
  const folders = [scripts, new URL("includes/", scripts)]
  const texts = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".lua"))
      .map((name) => readFileSync(new URL(name, folder), "utf8")),
  )
  const calls = texts.flatMap((text) => [...text.matchAll(/redis\.p?call\(\s*["'](\w+)["']/g)])
  return new Set(calls.map(([, name = ""]) => `+${name.toLowerCase()}`))
}

test("every command that a script calls is in the table, and what is said to be used within scripts is used there", () => {
  const called = scripted()
  expect([...called].filter((rule) => !(rule in permissions))).toEqual([])
  const said = Object.entries(permissions).filter(([, { means }]) => means.startsWith("within scripts"))
  expect(said.map(([rule]) => rule).filter((rule) => !called.has(rule))).toEqual([])
  expect(said.length).toBeGreaterThan(10)
})

test("a user gets what is always needed and what is asked for, in the words of the server's version", () => {
  const usual = aclRules({ namespace: "shop", needs: [], server: { engine: "redis", version: 7 } })
  expect(usual.slice(0, 6)).toEqual(["resetchannels", "~shop:*", "&shop:*", "-@all", "+get", "+mget"])
  expect(usual).not.toContain("+zadd")
  const needs = ["cluster", "newer commands", "tracking"] as const
  const extra = (engine: "redis" | "valkey", version: number): string[] =>
    aclRules({ namespace: "shop", needs, server: { engine, version } }).filter((rule) => !usual.includes(rule))
  expect(extra("redis", 6.2)).toEqual(["+client", "&__redis__:invalidate", "+cluster", "+asking", "+command"])
  expect(extra("redis", 8.4)).toContain("+delex")
  expect(extra("redis", 8.4)).not.toContain("+delifeq")
  expect(extra("valkey", 9.1)).toContain("+delifeq")
  expect(extra("valkey", 8.1)).not.toContain("+delifeq")
  expect(extra("valkey", 8.1)).toContain("+cluster|nodes")
})
