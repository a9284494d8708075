import { expect, test } from "vitest"
import { seededRandom } from "../testing/seeded-random.ts"
import { isDueEarly, type EarlyRefreshPolicy } from "./early-refresh.ts"

const never: EarlyRefreshPolicy = { ttlMs: 10_000, aheadMs: undefined, aheadShare: undefined, beta: undefined }
const entry = { createdMs: 1000, freshUntilMs: 11_000, costUs: 200_000 }

/** The first millisecond in which a read refreshes. */
function firstDueMs(policy: Partial<EarlyRefreshPolicy>, age = entry): number {
  const random = seededRandom(1)
  for (let nowMs = age.createdMs; nowMs < age.freshUntilMs; nowMs += 1) {
    if (isDueEarly({ ...never, ...policy }, age, nowMs, random)) return nowMs
  }
  return Infinity
}

test("a length of time before the end, to the millisecond", () => {
  expect(firstDueMs({ aheadMs: 3000 })).toBe(8000)
  expect(firstDueMs({ aheadMs: 1 })).toBe(10_999)
})

test("a length of time takes at most half of the entry's own ttl, so that short entries are not refreshed by every read", () => {
  expect(firstDueMs({ aheadMs: 3000 }, { ...entry, freshUntilMs: 3000 })).toBe(2000)
})

test("a share is a share of the entry's own ttl", () => {
  expect(firstDueMs({ aheadShare: 0.2 })).toBe(9000)
  expect(firstDueMs({ aheadShare: 0.2 }, { ...entry, freshUntilMs: 2000 })).toBe(1800)
})

test("an entry that has lived before, because it was found unchanged, is due as late as any other", () => {
  const old = { ...entry, freshUntilMs: 1_000_000 }
  expect(firstDueMs({ aheadShare: 0.2 }, old)).toBe(998_000)
  expect(firstDueMs({ aheadMs: 7000 }, old)).toBe(995_000)
})

test("without either nothing is due", () => {
  expect(firstDueMs({})).toBe(Infinity)
})

const seed = Number(process.env["SEED"] ?? 1)
const draws = 100_000

for (const beta of [0.5, 1, 2]) {
  test(`XFetch refreshes as often as its formula says, beta ${beta} (SEED=${seed})`, () => {
    const random = seededRandom(seed)
    for (const leftMs of [20, 100, 200, 400, 1000]) {
      const nowMs = entry.freshUntilMs - leftMs
      let due = 0
      for (let draw = 0; draw < draws; draw += 1) {
        if (isDueEarly({ ...never, beta }, entry, nowMs, random)) due += 1
      }
      const expected = Math.exp(-leftMs / (beta * (entry.costUs / 1000)))
      // Five standard deviations: one run in two million is further off.
      const tolerance = 5 * Math.sqrt((expected * (1 - expected)) / draws)
      expect(Math.abs(due / draws - expected), `${leftMs} ms before the end`).toBeLessThan(tolerance + 1e-9)
    }
  })
}

test("an entry whose load cost nothing is not drawn before its end", () => {
  expect(firstDueMs({ beta: 1 }, { ...entry, costUs: 0 })).toBe(Infinity)
})
