import { expect, test } from "vitest"
import { seededRandom } from "../testing/seeded-random.ts"
import { RestingKeys } from "./resting-keys.ts"

/** Draws the same always: 0 makes the shortest rests, and 1 the ones that are just not drawn any more. */
function resting(draw: number, limit = 10): RestingKeys {
  return new RestingKeys(limit, { random: { ...seededRandom(1), float: () => draw }, baseMs: 1000, capMs: 6000 })
}

/** How long the key rests from now, to the millisecond. */
function restMs(keys: RestingKeys, nowMs: number): number {
  let ms = 0
  while (keys.isResting("a", nowMs + ms)) ms += 1
  return ms
}

for (const [draw, rests] of [
  [0, [500, 1000, 2000, 3000, 3000]],
  [1, [1000, 2000, 4000, 6000, 6000]],
] as const) {
  test(`the more failures in a row, the longer the rest, up to its cap (draw ${draw})`, () => {
    const keys = resting(draw)
    let nowMs = 0
    for (const ms of rests) {
      keys.failed("a", nowMs)
      expect(restMs(keys, nowMs)).toBe(ms)
      nowMs += ms
    }
  })
}

test("a success ends the row, and so does a time without attempts", () => {
  const keys = resting(1)
  keys.failed("a", 0)
  keys.failed("a", 1000)
  keys.succeeded("a")
  expect(keys.isResting("a", 1001)).toBe(false)
  keys.failed("a", 2000)
  expect(restMs(keys, 2000)).toBe(1000)
  keys.failed("a", 3000 + 6000)
  expect(restMs(keys, 9000)).toBe(2000)
  keys.failed("a", 11_000 + 6001)
  expect(restMs(keys, 17_001)).toBe(1000)
})

test("who is left to others rests as ever, and is neither better nor worse for it", () => {
  const keys = resting(1)
  keys.leave("a", 0)
  expect(restMs(keys, 0)).toBe(1000)
  keys.failed("a", 1000)
  expect(restMs(keys, 1000)).toBe(1000)
  keys.leave("a", 2000)
  expect(restMs(keys, 2000)).toBe(1000)
  keys.failed("a", 3000)
  expect(restMs(keys, 3000)).toBe(2000)
})

test("above the limit all are forgotten, and one that is known makes no room", () => {
  const keys = resting(1, 2)
  keys.failed("a", 0)
  keys.failed("b", 0)
  keys.failed("b", 0)
  expect(keys.isResting("a", 0)).toBe(true)
  keys.failed("c", 0)
  expect([keys.isResting("a", 0), keys.isResting("b", 0), keys.isResting("c", 0)]).toEqual([false, false, true])
})
