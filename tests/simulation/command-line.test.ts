import { spawn } from "node:child_process"
import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"

const root = new URL("../../", import.meta.url)
const tool = fileURLToPath(new URL("tools/sim.mjs", root))
const bundles = fileURLToPath(new URL("node_modules/.cache/holdfast/simulation/", root))

interface Run {
  readonly pid: number | undefined
  readonly code: number | null
  readonly out: string
  readonly errors: string
}

/** Runs the tool. `interruptAt`: sends what Ctrl-C sends, twice as npm does, when the output has come so far. */
function sim(args: readonly string[], interruptAt?: RegExp): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [tool, ...args], { stdio: ["ignore", "pipe", "pipe"] })
    let out = ""
    let errors = ""
    child.stdout.on("data", (chunk: Buffer) => {
      out += String(chunk)
      if (interruptAt?.test(out) !== true) return
      interruptAt = undefined
      child.kill("SIGINT")
      child.kill("SIGINT")
    })
    child.stderr.on("data", (chunk: Buffer) => (errors += String(chunk)))
    child.on("error", reject)
    child.on("close", (code) => resolve({ pid: child.pid, code, out, errors }))
  })
}

test.each([
  ["--only R6", "--only does nothing without --mutants"],
  ["--whole", "--whole does nothing without --story"],
  ["--mutants --naive", "--naive does nothing with --mutants"],
  ["--mutants --histories 5", "--histories does nothing with --mutants"],
  ["--story --bad 5", "--bad does nothing with --story"],
  ["--histories 0", "--histories takes a whole number from 1"],
  ["7", '"7" is no option; options go after `--`: npm run sim -- --seed 7'],
])("what cannot be meant is refused: %s", async (args, sentence) => {
  const { code, out, errors } = await sim(args.split(" "))
  expect({ code, out, sentence: errors.split("\n")[0] }).toEqual({ code: 2, out: "", sentence })
})

test("the control stops when enough histories of all threads together went wrong, and says so", async () => {
  const { code, out } = await sim(["--naive", "--bad", "3", "--workers", "2", "--histories", "5000"])
  expect(code).toBe(1)
  // The other threads may end the history that they are in.
  expect(out.trimEnd().split("\n").slice(-2)).toEqual([
    "The control is meant to go wrong.",
    expect.stringMatching(/^stopped after [345] that went wrong \(--bad 3\); \d+ of 5000 histories$/),
  ])
})

test("an interrupted hunt says how far it came and leaves no bundle behind", async () => {
  const { pid, code, out } = await sim(["--mutants", "--workers", "2"], /history found by\n.+\n/)
  expect(code).toBe(130)
  expect(out.trimEnd().split("\n").slice(-2)).toEqual([
    expect.stringMatching(/^\d+ of \d+ mutants were found$/),
    expect.stringMatching(/^interrupted after \d+ of \d+ mutants$/),
  ])
  expect(readdirSync(bundles).filter((name) => name.endsWith(`-${pid}.mjs`))).toEqual([])
})

test("the history that found a mutant is told", async () => {
  const { code, out } = await sim(["--mutants", "--only", "shortcut-takes-any-answer", "--story"])
  expect(code).toBe(0)
  expect(out).toContain("1 of 1 mutants were found")
  expect(out.trimEnd().split("\n").at(-1)).toMatch(/ ms {2}!!! /)
})
