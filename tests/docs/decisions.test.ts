import { expect, test } from "vitest"
import { readPages } from "./pages.ts"

const decisions = readPages().filter(({ path }) => path.startsWith("docs/decisions/"))

test("decisions are numbered without gaps", () => {
  expect(decisions.length).toBeGreaterThan(7)
  const numbers = decisions.map(({ path }) => path.slice("docs/decisions/".length, "docs/decisions/0000".length))
  expect(numbers).toEqual(decisions.map((_, at) => String(at + 1).padStart(4, "0")))
})

test.each(decisions)("$path says context, decision, what was rejected, and when to reopen it", ({ path, text }) => {
  const number = path.slice("docs/decisions/".length, "docs/decisions/0000".length)
  expect(text.startsWith(`# ${number} `)).toBe(true)
  expect([...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual([
    "Context",
    "Decision",
    "Rejected",
    "Reopen if",
  ])
})
