import * as fc from "fast-check"
import { expect, test } from "vitest"
import { seededRandom } from "../testing/seeded-random.ts"
import { virtualClock } from "../testing/virtual-clock.ts"
import { circuitBreaker, type BreakerOptions } from "./breaker.ts"

function setup(options: BreakerOptions = {}, seed = 1) {
  const clock = virtualClock()
  const changes: string[] = []
  const breaker = circuitBreaker(
    { clock, random: seededRandom(seed), onChange: (state) => changes.push(state) },
    options,
  )
  const admits = () => breaker.admits(clock.monotonic())
  const fail = (times: number) => {
    for (let time = 0; time < times; time++) {
      admits()
      breaker.failed()
    }
  }
  const succeed = (times: number) => {
    for (let time = 0; time < times; time++) {
      admits()
      breaker.succeeded()
    }
  }
  return { clock, breaker, changes, admits, fail, succeed }
}

test("failures in a row open it at once, and a success in between starts the count again", () => {
  const { breaker, admits, fail, succeed } = setup({ consecutiveFailures: 5 })
  fail(4)
  succeed(1)
  fail(4)
  expect(breaker.state.is).toBe("closed")
  fail(1)
  expect(breaker.state.is).toBe("open")
  expect(admits()).toBe(false)
})

test("half of the outcomes failing opens it, but only with enough of them in the window", async () => {
  const { clock, breaker, fail, succeed } = setup({ minimumThroughput: 20, failureRate: 0.5, windowMs: 10_000 })
  const alternate = (times: number) => {
    for (let time = 0; time < times; time++) {
      succeed(1)
      fail(1)
    }
  }
  alternate(9)
  expect(breaker.state.is).toBe("closed")
  await clock.advance(11_000)
  alternate(9)
  expect(breaker.state.is).toBe("closed")
  alternate(1)
  expect(breaker.state.is).toBe("open")
})

test("a few failures among many successes do not open it", () => {
  const { breaker, fail, succeed } = setup()
  for (let time = 0; time < 100; time++) {
    succeed(5)
    fail(4)
  }
  expect(breaker.state.is).toBe("closed")
})

test("half-open lets exactly one probe through, and its success closes it", async () => {
  const { clock, breaker, changes, admits, fail } = setup()
  fail(5)
  await clock.advance(500)
  expect([admits(), admits(), admits()]).toEqual([true, false, false])
  breaker.unproved()
  expect([admits(), admits()]).toEqual([true, false])
  breaker.succeeded()
  expect([admits(), admits()]).toEqual([true, true])
  expect(changes).toEqual(["open", "half-open", "closed"])
})

test("a probe that fails opens it for longer, with jitter, up to the cap; closing for a whole window forgives", async () => {
  const { clock, breaker, admits, fail } = setup({ openMs: 500, openCapMs: 4000, windowMs: 10_000 })
  const openForMs: number[] = []
  fail(5)
  for (let round = 0; round < 6; round++) {
    if (breaker.state.is !== "open") throw new Error(breaker.state.is)
    openForMs.push(breaker.state.untilMs - clock.monotonic())
    await clock.advance(4000)
    expect(admits()).toBe(true)
    breaker.failed()
  }
  openForMs.forEach((ms, round) => {
    const ceilingMs = Math.min(500 * 2 ** round, 4000)
    expect(ms).toBeGreaterThanOrEqual(ceilingMs / 2)
    expect(ms).toBeLessThanOrEqual(ceilingMs)
  })
  expect(new Set(openForMs).size).toBe(openForMs.length)
  breaker.reset()
  await clock.advance(10_000)
  fail(5)
  if (breaker.state.is !== "open") throw new Error(breaker.state.is)
  expect(breaker.state.untilMs - clock.monotonic()).toBeLessThanOrEqual(500)
})

test("one that opens again soon after it closed stays open for longer", async () => {
  const { clock, breaker, admits, fail } = setup({ openMs: 500, windowMs: 10_000 })
  for (let round = 0; round < 4; round++) {
    fail(5)
    await clock.advance(10_000)
    admits()
    breaker.succeeded()
    await clock.advance(1000)
  }
  fail(5)
  if (breaker.state.is !== "open") throw new Error(breaker.state.is)
  expect(breaker.state.untilMs - clock.monotonic()).toBeGreaterThanOrEqual((500 * 2 ** 4) / 2)
})

test("late outcomes of commands sent before it opened neither close nor prolong it", () => {
  const { breaker, fail } = setup()
  fail(5)
  const opened = breaker.state
  breaker.succeeded()
  breaker.failed()
  expect(breaker.state).toBe(opened)
})

test("whatever happens, an open breaker admits a probe within the cap, and never two before an outcome", async () => {
  const step = fc.constantFrom("fail", "succeed", "unproved", "wait" as const)
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.array(step, { maxLength: 200 }), async (seed, steps) => {
      const { clock, breaker, admits } = setup({ openMs: 100, openCapMs: 1000 }, seed)
      let secondProbes = 0
      for (const each of steps) {
        if (each === "wait") await clock.advance(50)
        else if (admits()) {
          if (breaker.state.is === "half-open" && admits()) secondProbes++
          if (each === "fail") breaker.failed()
          else if (each === "succeed") breaker.succeeded()
          else breaker.unproved()
        }
      }
      expect(secondProbes).toBe(0)
      await clock.advance(1000)
      expect(admits()).toBe(true)
    }),
    { numRuns: 50 },
  )
})
