import { expect, test } from "vitest"
import { Standings } from "./standing.ts"

const witness = { fence: 0, provedMs: 0 }
const clock = { era: "e", counter: 1 }
const proofs = { clock, tags: [{ witness, fence: 0, clock, isDoubted: false }] }

test("entries that rely on the same share it, those without tags too", () => {
  const standings = new Standings(true)
  const first = standings.of({ witness, fence: 0 }, proofs)
  const plain = standings.of({ witness, fence: 0 })
  expect(first?.isCloned).toBe(true)
  expect(standings.of({ witness, fence: 0 }, proofs)).toBe(first)
  expect(standings.of({ witness, fence: 0 })).toBe(plain)
})

test("what many tags prove is found out by looking at each of them once", () => {
  const looks = { count: 0 }
  const seen = {
    get fence() {
      looks.count += 1
      return 0
    },
    provedMs: 0,
  }
  const tags = Array.from({ length: 100 }, () => ({ witness: seen, fence: 0, clock, isDoubted: false }))
  const standing = new Standings(false).of({ witness, fence: 0 }, { clock, tags })
  looks.count = 0
  expect(standing?.isProved(1, 2000, { count: 0 })).toBe(true)
  expect(looks.count).toBe(100)
})
