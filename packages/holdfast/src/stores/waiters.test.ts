import { expect, test } from "vitest"
import { Waiters } from "./waiters.ts"

test("who is woken may register again, and is not woken twice by the same news", () => {
  const waiters = new Waiters()
  let woken = 0
  const again = (): void => {
    woken++
    waiters.add("a", again)
  }
  waiters.add("a", again)
  waiters.wake("a", "filled")
  expect(woken).toBe(1)
})

test("the same function registered twice is two waiters, and each ends by itself", () => {
  const waiters = new Waiters()
  const reasons: string[] = []
  const wake = (reason: string): void => void reasons.push(reason)
  const end = waiters.add("a", wake)
  waiters.add("a", wake)
  waiters.wake("a", "filled")
  end()
  waiters.wake("a", "released")
  expect(reasons).toEqual(["filled", "filled", "released"])
})
