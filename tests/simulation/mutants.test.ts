import { spawn } from "node:child_process"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { beforeAll, expect, test } from "vitest"
import { shows } from "../holes/shows.ts"
import type { Mutant } from "./mutants/mutant.ts"
import { mutants } from "./mutants/mutants.ts"

/** A line of `npm run sim -- --mutants --json`. */
interface Hunt {
  readonly mutant: Pick<Mutant, "name" | "rule">
  readonly histories: number
  readonly killedBy?: string
}

const isDeep = process.env["HOLDFAST_DEEP"] === "1"
/** Those that are found after many histories wait for the deep run. */
const quickWithin = 800
const meant = isDeep ? mutants : mutants.filter(({ within }) => within <= quickWithin)
const tool = join(dirnameOf(import.meta.url), "..", "..", "tools", "sim.mjs")
const hunts = new Map<string, Hunt>()

beforeAll(async () => {
  const output = await run(["--mutants", "--json", "--workers", "2", "--only", meant.map(({ name }) => name).join(",")])
  for (const line of output.split("\n").filter((each) => each.startsWith("{"))) {
    const hunt = JSON.parse(line) as Hunt
    hunts.set(hunt.mutant.name, hunt)
  }
  const rows = meant.map(({ name, rule }) => {
    const { histories = 0, killedBy = "NOT FOUND" } = hunts.get(name) ?? {}
    return `${name.padEnd(42)} ${rule.padEnd(10)} ${String(histories).padStart(6)}  ${killedBy}`
  })
  console.log(["mutant, rule, history that found it, by", ...rows].join("\n"))
}, 3_600_000)

test("every rule has a mutant that is looked for each time", () => {
  const rules = (all: readonly Mutant[]): readonly string[] => [...new Set(all.map(({ rule }) => rule))]
  expect(rules(meant)).toEqual(rules(mutants))
})

test.each(meant)(
  `${shows("H17", "the simulator finds a library with one rule broken")}: $rule: $name`,
  ({ name, guards }) => {
    expect(hunts.get(name)?.killedBy, guards).toBeDefined()
  },
)

/** Exits with 1 if a mutant survives, which the tests say by name. */
function run(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [tool, ...args], { stdio: ["ignore", "pipe", "inherit"] })
    let output = ""
    child.stdout.on("data", (chunk: Buffer) => (output += String(chunk)))
    child.on("error", reject)
    child.on("close", () => resolve(output))
  })
}

function dirnameOf(url: string): string {
  return fileURLToPath(new URL(".", url))
}
