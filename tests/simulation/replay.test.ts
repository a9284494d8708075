import { expect, test } from "vitest"
import { runHistory } from "./run-history.ts"

const mixes = ["all", "some", "none", "fail-over", "misroute"]

test("a seed replays event by event", async () => {
  for (const [seed, mix] of mixes.entries()) {
    const first = await runHistory({ seed, mix })
    await runHistory({ seed: seed + 100, mix: "all" })
    const again = await runHistory({ seed, mix })
    expect(again).toEqual(first)
    expect(again.hash).not.toBe(0)
  }
})

test("to be told a history does not change it", async () => {
  const lines: string[] = []
  const silent = await runHistory({ seed: 7, mix: "all" })
  const told = await runHistory({ seed: 7, mix: "all", tell: (line) => lines.push(line) })
  expect(told).toEqual(silent)
  expect(lines.length).toBeGreaterThan(50)
})

test("other seeds give other histories", async () => {
  const results = await Promise.all([runHistory({ seed: 1, mix: "all" }), runHistory({ seed: 2, mix: "all" })])
  expect(new Set(results.map(({ hash }) => hash)).size).toBe(2)
})
