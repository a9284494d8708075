import { afterEach, expect, test, vi } from "vitest"
import { systemClock } from "./clock.ts"

afterEach(() => {
  vi.useRealTimers()
})

test("a time that is longer than timers can take is not over at once", () => {
  vi.useFakeTimers()
  const run = vi.fn<() => void>()
  const timer = systemClock.setTimeout(run, 365 * 86_400_000)
  vi.advanceTimersByTime(86_400_000)
  expect(run).not.toHaveBeenCalled()
  systemClock.clearTimeout(timer)
  expect(vi.getTimerCount()).toBe(0)
})
