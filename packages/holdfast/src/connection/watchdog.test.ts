import { expect, test } from "vitest"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { deadlineQueue } from "../policy/deadline-queue.ts"
import { virtualClock } from "../testing/virtual-clock.ts"
import { Watchdog } from "./watchdog.ts"

function setup(ping: (sent: number) => Promise<unknown>) {
  const clock = virtualClock()
  const died: string[] = []
  let pings = 0
  const watchdog = new Watchdog({
    clock,
    deadlines: deadlineQueue(clock),
    beatMs: 5000,
    timeoutMs: 250,
    missLimit: 3,
    ping: () => ping(++pings),
    dead: (why) => died.push(why),
  })
  return { clock, watchdog, died, pings: () => pings }
}

const never = () => new Promise<never>(() => {})

test("an idle socket is asked once per beat, and an answer is all it takes", async () => {
  const { clock, died, pings } = setup(() => Promise.resolve("PONG"))
  await clock.advance(50_000)
  expect(pings()).toBe(10)
  expect(died).toEqual([])
})

test("silence is found within a beat and three deadlines, and reported once", async () => {
  const { clock, watchdog, died } = setup(never)
  await clock.advance(5000 + 3 * 250 - 1)
  expect(died).toEqual([])
  await clock.advance(1)
  expect(died).toEqual(["no answer 3 times in a row"])
  watchdog.missed(clock.monotonic())
  await clock.advance(60_000)
  expect(died.length).toBe(1)
})

test("after a missed deadline it asks at once, and an answer starts the count again, even an error", async () => {
  const { clock, watchdog, died, pings } = setup(() => Promise.reject(new HoldfastError("SERVER_REFUSED", "NOPERM.")))
  for (let round = 1; round <= 4; round++) {
    watchdog.missed(clock.monotonic())
    expect(pings()).toBe(round)
    await clock.advance(1000)
  }
  expect(died).toEqual([])
})

test("a server that answers late, however late, is not dead", async () => {
  const slow: ReturnType<typeof setup> = setup(
    () => new Promise((resolve) => slow.clock.setTimeout(() => resolve("PONG"), 450)),
  )
  const { clock, watchdog, died } = slow
  for (let round = 0; round < 20; round++) {
    watchdog.missed(clock.monotonic())
    await clock.advance(700)
  }
  expect(died).toEqual([])
})

test("what was sent before the last silence began proves no further silence", async () => {
  const { clock, watchdog, died } = setup(never)
  const sentMs = clock.monotonic()
  await clock.advance(250)
  for (let command = 0; command < 100; command++) watchdog.missed(sentMs)
  expect(died).toEqual([])
})

test("a stopped watchdog leaves no timer", async () => {
  const { clock, watchdog } = setup(never)
  watchdog.stop()
  expect(clock.pending).toBe(0)
})
