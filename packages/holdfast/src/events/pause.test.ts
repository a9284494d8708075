import { expect, test } from "vitest"
import { virtualClock } from "../testing/virtual-clock.ts"
import { Pause } from "./pause.ts"

test("a pause ends after its time, or with news", async () => {
  const clock = virtualClock()
  const pause = new Pause(clock)
  const ends: string[] = []
  pause.for(1000).then(
    () => ends.push("in time"),
    () => {},
  )
  await clock.advance(999)
  expect(ends).toEqual([])
  await clock.advance(1)
  expect(ends).toEqual(["in time"])
  const woken = pause.for(1000)
  pause.wake()
  await woken
  expect(clock.pending).toBe(0)
})

test("news that come while nobody waits end the next pause, unless they were looked at", async () => {
  const clock = virtualClock()
  const pause = new Pause(clock)
  pause.wake()
  await pause.for(1000)
  pause.looked()
  const waiting = pause.for(1000)
  expect(clock.pending).toBe(1)
  await clock.advance(1000)
  await waiting
})
