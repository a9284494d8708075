import { expect, test } from "vitest"
import type { Random } from "../contracts/random.ts"
import { isDueEarly, type EarlyRefreshPolicy } from "../policy/early-refresh.ts"
import { nearLifeMs } from "./near-life.ts"

const ttlMs = 10_000
const entry = { createdMs: 1000, freshUntilMs: 11_000, costUs: 200_000 }
const nowMs = 4000
const never: EarlyRefreshPolicy = { ttlMs, aheadMs: undefined, aheadShare: undefined, beta: undefined }

/** How long an entry with 7000 ms left is served from here, in milliseconds. */
function lifeMs(early?: Partial<EarlyRefreshPolicy>, age = entry): number {
  return nearLifeMs({ ttlMs, absoluteTtlMs: undefined, early: early && { ...never, ...early } }, age, nowMs)
}

test("without a refresh before its end an entry is served from here to its end", () => {
  expect(lifeMs()).toBe(7000)
  expect(lifeMs({})).toBe(7000)
})

test("one that is to be refreshed ahead, until that time begins", () => {
  expect(lifeMs({ aheadMs: 2000 })).toBe(5000)
  expect(lifeMs({ aheadShare: 0.3 })).toBe(4000)
})

test("what it is refreshed ahead is of its own ttl", () => {
  const short = { ...entry, freshUntilMs: 5000 }
  expect(lifeMs({ aheadMs: 9000 }, short), "half of it at most").toBe(-1000)
  expect(lifeMs({ aheadShare: 0.1 }, short)).toBe(600)
})

test("one that is refreshed by chance, until five times beta times its load cost before its end", () => {
  expect(lifeMs({ beta: 1 })).toBe(6000)
  expect(lifeMs({ beta: 3 })).toBe(4000)
  expect(lifeMs({ beta: 0.5 })).toBe(6500)
  expect(lifeMs({ beta: 1 }, { ...entry, costUs: 600_000 })).toBe(4000)
  expect(lifeMs({ beta: 1 }, { ...entry, costUs: 0 }), "a load that costs nothing").toBe(7000)
})

test("of both, whichever comes first", () => {
  expect(lifeMs({ aheadMs: 2000, beta: 1 })).toBe(5000)
  expect(lifeMs({ aheadMs: 2000, beta: 3 })).toBe(4000)
  expect(lifeMs({ aheadShare: 0.3, beta: 1 })).toBe(4000)
})

test("one that is in that time already is not kept", () => {
  expect(lifeMs({ aheadMs: 5000 }, { ...entry, createdMs: -9000, freshUntilMs: 9000 })).toBe(0)
  expect(lifeMs({ beta: 10 })).toBeLessThan(0)
})

test("where a copy ends, a read would refresh with less than 1 %, and with more than half of that", () => {
  const drawing = (share: number): Random => ({ float: () => 1 - share, token: () => "" })
  for (const beta of [0.5, 1, 3]) {
    const endMs = nowMs + lifeMs({ beta })
    expect(isDueEarly({ ...never, beta }, entry, endMs, drawing(0.01)), `one of 100, beta ${beta}`).toBe(false)
    expect(isDueEarly({ ...never, beta }, entry, endMs, drawing(0.005)), `one of 200, beta ${beta}`).toBe(true)
  }
})

test("one that reading keeps alive, for a tenth of the ttl at a time, and not past its end", () => {
  const sliding = { ttlMs, absoluteTtlMs: 60_000, early: undefined }
  expect(nearLifeMs(sliding, entry, nowMs)).toBe(1000)
  expect(nearLifeMs(sliding, entry, 10_400)).toBe(600)
})
