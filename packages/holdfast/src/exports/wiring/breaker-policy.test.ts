import { expect, test } from "vitest"
import { breakerOptions } from "./breaker-policy.ts"
import { createHoldfast } from "./create-holdfast.ts"

test("a breaker policy is checked, and its units get names", () => {
  const policy = { window: "5s", failureRate: "25%", consecutiveFailures: 3, openFor: "1s", openAtMost: "1m" } as const
  expect(breakerOptions(policy)).toEqual({
    windowMs: 5000,
    failureRate: 0.25,
    consecutiveFailures: 3,
    openMs: 1000,
    openCapMs: 60_000,
  })
  expect(breakerOptions({})).toEqual({})
  expect(() => breakerOptions({ minimumThroughput: 0 })).toThrow(/breaker.minimumThroughput/)
  expect(() => breakerOptions({ openFor: 500 as never })).toThrow(/breaker.openFor/)
  expect(() => breakerOptions({ openFor: "30s" })).toThrow(/breaker.openFor.*openAtMost/)
  expect(breakerOptions({ openFor: "30s", openAtMost: "30s" })).toEqual({ openMs: 30_000, openCapMs: 30_000 })
})

test("bad options of createHoldfast are refused where it is called", () => {
  const refused = (options: object): unknown => {
    try {
      return createHoldfast({ namespace: "test", ...options })
    } catch (error) {
      return error
    }
  }
  expect(refused({ namespace: "a:b" })).toMatchObject({ code: "INVALID_OPTION" })
  expect(refused({ comandTimeout: "1s" })).toMatchObject({ code: "INVALID_OPTION" })
  expect(refused({ redis: {} })).toMatchObject({ code: "UNKNOWN_CLIENT" })
  expect(refused({ redis: null })).toMatchObject({ code: "UNKNOWN_CLIENT" })
  expect(refused({ tracking: "yes" })).toMatchObject({ code: "INVALID_OPTION" })
  expect(refused({ commandTimeout: 250 })).toMatchObject({ code: "INVALID_DURATION" })
  expect(refused({ connection: "pool" })).toMatchObject({ code: "INVALID_OPTION" })
  const named = { code: "INVALID_OPTION", message: expect.stringMatching(/afterFailover.*"replay" or "clear"/) }
  expect(refused({ afterFailover: "replays" })).toMatchObject(named)
  expect(refused({ breaker: { openfor: "1s" } })).toMatchObject({ code: "INVALID_OPTION" })
  expect(refused({ breaker: false })).toMatchObject({ code: "INVALID_OPTION" })
  expect(refused({ store: null })).toMatchObject({ code: "INVALID_OPTION", facts: { option: "store" } })
  expect(refused({ store: {}, redis: {} })).toMatchObject({ code: "INVALID_OPTION", facts: { option: "store" } })
  expect(refused({ onEvent: console })).toMatchObject({ code: "INVALID_OPTION" })
  expect(refused({ journalLimit: 0 })).toMatchObject({ code: "INVALID_OPTION" })
})

test("a store in the process hears of everything, and tracks nothing", async () => {
  await using holdfast = createHoldfast({ namespace: "test", tracking: true })
  const cache = holdfast.cache({ name: "item", ttl: "1m", load: async (id: string) => id })
  await cache.get("a")
  expect(cache.stats().near?.tracking).toBe("off")
  expect(await holdfast.health()).toMatchObject({ status: "ok", tracking: { state: "off" } })
})
