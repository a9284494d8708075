import { expect, test } from "vitest"
import { runHistory } from "./run-history.ts"
import { shrink } from "./shrink.ts"
import { tellStory } from "./story/story.ts"

// A plain cache-aside stands for a library with a fault in it.
const isNaive = true

test("a history that goes wrong is cut down to what makes it go wrong", async () => {
  const { seed, kind } = await firstStale()
  const { plan, result } = await shrink(seed, "none", { isNaive })
  const operations = plan.clients.flat()
  expect(result.violations[0]?.kind).toBe(kind)
  expect(operations.length).toBeLessThanOrEqual(6)

  for (const { id } of operations) {
    const clients = plan.clients.map((each) => each.filter((operation) => operation.id !== id))
    const without = await runHistory({ seed, mix: "none", plan: { ...plan, clients }, isNaive })
    expect(without.violations[0]?.kind).not.toBe(kind)
  }
}, 60_000)

test("its story names the seed, the mix and the commit, and ends where it went wrong", async () => {
  const { seed } = await firstStale()
  const { plan } = await shrink(seed, "none", { isNaive })
  const { text } = await tellStory(plan, { isNaive, commit: "abc1234" })
  const lines = text.split("\n")
  expect(lines[0]).toBe(`seed ${seed}, mix none, commit abc1234`)
  expect(text).toMatch(/P\d +begins #\d+ \S+ k\d/)
  expect(text).toMatch(/commits version \d+ of k\d/)
  expect(text).toMatch(/server 1 +SET k\d with version \d+ -> OK \(asked by P\d\)/)
  expect(lines.at(-1)).toContain("!!!")
})

test("a history that keeps its promises is left as it is", async () => {
  const { result, tries } = await shrink(1, "none")
  expect(result.violations).toEqual([])
  expect(tries).toBe(1)
})

async function firstStale(): Promise<{ seed: number; kind: string }> {
  for (let seed = 1; seed < 100; seed += 1) {
    const { violations } = await runHistory({ seed, mix: "none", isNaive })
    const kind = violations[0]?.kind
    if (kind?.startsWith("stale")) return { seed, kind }
  }
  throw new Error("no history went wrong")
}
