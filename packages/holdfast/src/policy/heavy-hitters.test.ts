import { expect, test } from "vitest"
import { seededRandom } from "../testing/seeded-random.ts"
import { HeavyHitters } from "./heavy-hitters.ts"

test("few names are counted exactly, beside what is not to be found", () => {
  const hitters = new HeavyHitters(4)
  for (const name of ["a", "b", "a", undefined, "c", "a", undefined, undefined]) hitters.add(name)
  expect(hitters.total).toBe(8)
  expect(hitters.top(2)).toEqual([
    { name: "a", share: { atLeast: 3 / 8, atMost: 3 / 8 } },
    { name: "b", share: { atLeast: 1 / 8, atMost: 1 / 8 } },
  ])
})

test("a name that makes up more than one n-th is found among any number of others, and its bounds hold", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const random = seededRandom(seed)
    const hitters = new HeavyHitters(16)
    const counts = new Map<string, number>()
    for (let at = 0; at < 5000; at += 1) {
      const name = random.float() < 0.1 ? "hot" : String(Math.floor(random.float() * 2000))
      counts.set(name, (counts.get(name) ?? 0) + 1)
      hitters.add(name)
    }
    const found = hitters.top(16)
    expect(
      found.map(({ name }) => name),
      `seed ${seed}`,
    ).toContain("hot")
    for (const { name, share } of found) {
      const real = (counts.get(name) ?? 0) / 5000
      expect(share.atLeast, `seed ${seed}`).toBeLessThanOrEqual(real)
      expect(share.atMost, `seed ${seed}`).toBeGreaterThanOrEqual(real)
    }
  }
})

test("what came long ago counts less than what comes now", () => {
  const hitters = new HeavyHitters(4, 100)
  for (let at = 0; at < 200; at += 1) hitters.add("before")
  for (let at = 0; at < 200; at += 1) hitters.add("now")
  const [now, before] = hitters.top(2)
  expect([now?.name, before?.name]).toEqual(["now", "before"])
  expect(now?.share.atLeast).toBeGreaterThan(0.8)
})

test("nothing has come at first", () => {
  expect(new HeavyHitters(4).top(3)).toEqual([])
})
