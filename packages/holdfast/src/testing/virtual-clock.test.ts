import { expect, test } from "vitest"
import { virtualClock } from "./virtual-clock.ts"

test("timers run in order of time, then of setting, at the time they are due", async () => {
  const clock = virtualClock()
  const startMs = clock.monotonic()
  const ran: string[] = []
  const note = (name: string) => () => ran.push(`${name}@${clock.monotonic() - startMs}`)
  clock.setTimeout(note("late"), 20)
  clock.setTimeout(note("first"), 10)
  clock.setTimeout(note("second"), 10)
  clock.clearTimeout(clock.setTimeout(note("cleared"), 5))
  await clock.advance(15)
  expect(ran).toEqual(["first@10", "second@10"])
  expect(clock.monotonic() - startMs).toBe(15)
  expect(clock.pending).toBe(1)
  await clock.advance(5)
  expect(ran.at(-1)).toBe("late@20")
  expect(clock.pending).toBe(0)
})

test("promises settle between two timers of the same instant, however long their chain", async () => {
  const clock = virtualClock()
  const ran: string[] = []
  clock.setTimeout(async () => {
    for (let step = 0; step < 200; step++) await Promise.resolve()
    ran.push("chain")
  }, 1)
  clock.setTimeout(() => ran.push("timer"), 1)
  await clock.advance(1)
  expect(ran).toEqual(["chain", "timer"])
})

test("afterPoll runs after what is already due, even when the event loop was blocked", async () => {
  const clock = virtualClock()
  const ran: string[] = []
  clock.setTimeout(() => {
    ran.push("deadline")
    clock.afterPoll(() => ran.push("after poll"))
  }, 10)
  clock.setTimeout(() => ran.push("reply"), 20)
  clock.stall(50)
  expect(ran).toEqual([])
  await clock.advance(0)
  expect(ran).toEqual(["deadline", "reply", "after poll"])
})

test("runUntil stops at the timer that settles the promise", async () => {
  const clock = virtualClock()
  const startMs = clock.monotonic()
  clock.setTimeout(() => {}, 500)
  const answer = new Promise((resolve) => clock.setTimeout(() => resolve("answer"), 100))
  expect(await clock.runUntil(answer)).toBe("answer")
  expect(clock.monotonic() - startMs).toBe(100)
  await expect(clock.runUntil(new Promise(() => {}))).rejects.toThrow("cannot settle")
})

test("runUntilIdle refuses a timer that renews itself for ever", async () => {
  const clock = virtualClock()
  const beat = (): void => void clock.setTimeout(beat, 10)
  beat()
  await expect(clock.runUntilIdle(100)).rejects.toThrow("still not idle after 100 timers")
})

test("monotonic time never goes backwards, wall time may", async () => {
  const clock = virtualClock({ wallMs: 5_000_000 })
  await expect(clock.advance(-1)).rejects.toThrow("never goes backwards")
  expect(() => clock.stall(Number.NaN)).toThrow("never goes backwards")
  clock.jumpWall(-4000)
  expect(clock.now()).toBe(4_996_000)
})
