import { expect, test } from "vitest"
import { ScanPace } from "./scan-pace.ts"

/** A server that needs so long for each key that it looks at, behind so long a way. */
function settle(pace: ScanPace, perKeyMs: number, wayMs: number, steps = 40): readonly number[] {
  return Array.from({ length: steps }, () => {
    const tookMs = wayMs + pace.count * perKeyMs
    pace.answered(tookMs)
    return tookMs - wayMs
  })
}

test("steps become as large as their budget, whatever the way costs", () => {
  for (const wayMs of [0, 0.1, 30]) {
    const pace = new ScanPace({ budgetMs: 2, share: 0.5 })
    const busyMs = settle(pace, 0.002, wayMs)
    expect(busyMs.at(-1)).toBeGreaterThan(1)
    expect(busyMs.at(-1)).toBeLessThan(3)
  }
})

test("they stay between 10 and 10,000", () => {
  const slow = new ScanPace({ budgetMs: 2, share: 0.5 })
  slow.answered(1)
  settle(slow, 5, 1)
  expect(slow.count).toBe(10)
  const fast = new ScanPace({ budgetMs: 2, share: 0.5 })
  settle(fast, 0, 1)
  expect(fast.count).toBe(10_000)
})

test("a server that becomes slower is asked for less before long", () => {
  const pace = new ScanPace({ budgetMs: 2, share: 0.5 })
  settle(pace, 0.002, 0.1)
  const before = pace.count
  settle(pace, 0.02, 0.1, 7)
  expect(pace.count).toBeLessThan(before / 4)
})

test("a process that is held up now and then does not take its own delays for the server's", () => {
  const pace = new ScanPace({ budgetMs: 2, share: 0.5 })
  settle(pace, 0.002, 0.1)
  const before = pace.count
  pace.rest()
  let restMs = 0
  for (let at = 0; at < 80; at++) {
    pace.answered(0.1 + pace.count * 0.002 + (at % 8 < 5 ? 60 : 0))
    restMs += pace.rest()
  }
  expect(pace.count).toBeGreaterThan(before / 2)
  expect(restMs).toBeLessThan(80 * 4)
})

test("after an answer that did not come, less is asked for", () => {
  const pace = new ScanPace({ budgetMs: 2, share: 0.5 })
  pace.missed()
  expect(pace.count).toBe(25)
})

test.each([
  [1, 0],
  [0.5, 10],
  [0.2, 40],
])("with a share of %d, 10 ms of work are followed by %d ms of rest", (share, expected) => {
  const pace = new ScanPace({ budgetMs: 2, share })
  pace.answered(1)
  expect(pace.rest()).toBe(0)
  pace.answered(11)
  expect(pace.rest()).toBeCloseTo(expected)
  expect(pace.rest()).toBe(0)
})

test("rests below a millisecond add up", () => {
  const pace = new ScanPace({ budgetMs: 2, share: 0.5 })
  pace.answered(1)
  const rests = Array.from({ length: 8 }, () => {
    pace.answered(1.3)
    return pace.rest()
  })
  expect(rests[0]).toBe(0)
  expect(rests.every((ms) => ms === 0 || ms >= 1)).toBe(true)
  expect(rests.some((ms) => ms >= 1)).toBe(true)
})
