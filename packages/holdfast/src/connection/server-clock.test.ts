import { expect, test } from "vitest"
import type { RedisReply } from "../contracts/redis-client.ts"
import { virtualClock } from "../testing/virtual-clock.ts"
import { ServerClock } from "./server-clock.ts"

const time = (ms: number): RedisReply => [Buffer.from(`${Math.floor(ms / 1000)}`), Buffer.from(`${(ms % 1000) * 1000}`)]

function setup() {
  const clock = virtualClock({ wallMs: 1_000_000 })
  const serverClock = new ServerClock(clock)
  /** A TIME whose answer, `serverMs`, was read halfway through the round trip. */
  const sample = async (serverMs: number, roundTripMs: number): Promise<void> => {
    const sentMs = clock.monotonic()
    await clock.advance(roundTripMs)
    serverClock.take(time(serverMs), sentMs)
  }
  return { clock, serverClock, sample }
}

test("our own wall clock has to do until the first sample, and a reply that is no time changes nothing", () => {
  const { clock, serverClock } = setup()
  expect(serverClock.now()).toBe(1_000_000)
  for (const reply of [null, 7, [], [Buffer.from("1")], [Buffer.from("x"), Buffer.from("y")]])
    serverClock.take(reply, clock.monotonic())
  expect(serverClock.now()).toBe(1_000_000)
})

test("the server's time is taken to be that of the middle of the round trip, and runs on by the monotonic clock", async () => {
  const { clock, serverClock, sample } = setup()
  await sample(5_000_000, 100)
  expect(serverClock.now()).toBe(5_000_050)
  clock.jumpWall(-3_000_000)
  await clock.advance(1000)
  expect(serverClock.now()).toBe(5_001_050)
})

test("a slower sample is not believed while the quicker one is fresh, and is after half a minute or with another server", async () => {
  const { clock, serverClock, sample } = setup()
  await sample(5_000_000, 10)
  await sample(9_000_000, 200)
  expect(serverClock.now()).toBe(5_000_205)
  await clock.advance(30_000)
  await sample(6_000_000, 200)
  expect(serverClock.now()).toBe(6_000_100)
  await sample(7_000_000, 300)
  serverClock.forget()
  expect(serverClock.now()).toBe(6_000_400)
  await sample(8_000_000, 300)
  expect(serverClock.now()).toBe(8_000_150)
})
