import { expect, test } from "vitest"
import type { SimServer } from "../world/sim-server.ts"
import { extended, hasEnded, movedTo, termUntil, timeAt } from "./recorded-term.ts"

const server = (skewMs: number): SimServer => ({ clock: { skewMs } }) as SimServer
const [here, ahead] = [server(0), server(600)]

test("a term ends after its deadline, and only an extension that is later moves it", () => {
  const term = termUntil(1000)
  expect([hasEnded(term, 1000), hasEnded(term, 1001)]).toEqual([false, true])
  expect(extended(term, 900)).toEqual(term)
  expect(hasEnded(extended(term, 1200), 1200)).toBe(false)
})

test("on a server whose clock is ahead the deadline comes sooner, and on one that is behind the record goes first", () => {
  expect(hasEnded(movedTo(termUntil(1000), here, ahead), 1001)).toBe(true)
  expect(hasEnded(movedTo(termUntil(1000), ahead, here), 401)).toBe(true)
})

test("a record that moves there and back has the term that it had", () => {
  const term = termUntil(1000)
  expect(movedTo(movedTo(term, here, ahead), ahead, here)).toEqual(term)
})

test("a server counts whole milliseconds, so a term may last for almost one more", () => {
  const term = termUntil(timeAt(ahead, 1000.9) + 100)
  expect([hasEnded(term, timeAt(ahead, 1100.99)), hasEnded(term, timeAt(ahead, 1101))]).toEqual([false, true])
})
