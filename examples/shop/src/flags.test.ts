import { expect, test } from "vitest"
import { readFlags } from "./flags.ts"

test("without flags the shop runs 8 seconds per phase, as fast as it can, and serves on", async () => {
  expect(await readFlags([])).toEqual({
    is: "run",
    flags: {
      once: false,
      json: false,
      seconds: 8,
      rate: undefined,
      store: undefined,
      database: undefined,
      trace: undefined,
      dbLatencyMs: 0,
      port: 0,
    },
  })
})

test("every flag is read", async () => {
  const args = ["--once", "--json", "--seconds", "2.5", "--rate=500", "--store", "memory", "--database", "pglite"]
  expect(await readFlags([...args, "--trace", "keys.gz", "--db-latency", "3", "--port", "8080"])).toEqual({
    is: "run",
    flags: {
      once: true,
      json: true,
      seconds: 2.5,
      rate: 500,
      store: "memory",
      database: "pglite",
      trace: "keys.gz",
      dbLatencyMs: 3,
      port: 8080,
    },
  })
})

test.each(["--help", "-h"])("%s lists the options", async (flag) => {
  const answer = await readFlags([flag])
  expect(answer).toMatchObject({ is: "help" })
  expect(JSON.stringify(answer)).toContain("--db-latency")
})

test.each([
  [["--sceonds", "3"], "--sceonds"],
  [["extra"], "extra"],
  [["--seconds", "fast"], '--seconds must be a number from 1 to 3600, not "fast"'],
  [["--seconds", "0"], "--seconds"],
  [["--seconds"], "--seconds needs a value"],
  [["--trace", "--once"], "--trace needs a value"],
  [["--rate", "-5"], "--rate"],
  [["--rate", "1e3"], "--rate"],
  [["--store", "disk"], '--store must be memory or redis, not "disk"'],
  [["--database", "mysql"], "--database"],
  [["--db-latency", "99999"], "--db-latency"],
  [["--port", "80.5"], "--port"],
  [["--port", "70000"], "--port"],
])("%j is refused, and the message says why", async (args, words) => {
  const answer = await readFlags(args)
  expect(answer).toMatchObject({ is: "refused", message: expect.stringContaining(words) as string })
})
