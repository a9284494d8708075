import { readFileSync } from "node:fs"
import { findRedis, type RedisBinary } from "@holdfast/servers"

const page = readFileSync(new URL("../docs/reference/permissions.md", import.meta.url), "utf8")

/** What the reference page gives columns to, in its words. */
export type DocumentedNeed =
  | "index"
  | "events"
  | "patterns"
  | "tracking"
  | "cluster"
  | "moving slots"
  | "database"
  | "newer commands"

const usual = /^ACL SETUSER shop (on >secret .+)$/m.exec(page)?.[1]?.split(" ") ?? []
const table = page
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )

/**
 * The permissions that the reference page documents for a user "shop" with the password "secret", for what is needed beyond the usual on
 * this server, by default the one that tests run on.
 */
export function documentedPermissions(
  needs: readonly DocumentedNeed[] = [],
  namespace = "shop",
  server: RedisBinary | undefined = findRedis(),
): string[] {
  const rules = [...usual, ...needs.flatMap((need) => documentedFor(need, server))]
  return rules.map((rule) => rule.replace(/^([~&])shop:/, `$1${namespace}:`))
}

/** What is documented for one need on top of the usual. Throws if the page has no such row or column. */
export function documentedFor(need: DocumentedNeed, server: RedisBinary | undefined = findRedis()): string[] {
  const row = table.find(([words]) => words?.includes(need === "moving slots" ? "slots move" : need))
  const rules = row?.[columnOf(server)]?.replaceAll("`", "").replaceAll(String.raw`\|`, "|")
  if (rules === undefined || usual.length === 0) throw new Error(`The page on permissions has nothing on ${need}.`)
  return rules === "none" ? [] : rules.split(" ")
}

/** The rules of the reference for the user of the sentinels, and what node-redis needs besides. */
export function documentedForSentinels(): readonly [readonly string[], readonly string[]] {
  const [, forAll = ""] = /^ACL SETUSER shop (on .*sentinel.*)$/m.exec(page) ?? []
  const [, besides = ""] = /needs `(allchannels [^`]+)` as well/.exec(page) ?? []
  return [forAll.split(" "), besides.split(" ")]
}

function columnOf(server: RedisBinary | undefined): number {
  if (server === undefined) throw new Error("There is no server.")
  const version = Number.parseFloat(server.version)
  if (server.engine === "valkey") return version < 9 ? 4 : 5
  return version < 7 ? 1 : version < 8.4 ? 2 : 3
}
