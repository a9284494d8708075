import { expect, test } from "vitest"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { refusal } from "../testing/scripted-server.ts"
import { seededRandom } from "../testing/seeded-random.ts"
import { virtualClock } from "../testing/virtual-clock.ts"
import { Reconnector } from "./reconnector.ts"

function setup(open: (attempt: number) => Promise<string>) {
  const clock = virtualClock()
  const opened: string[] = []
  const failed: string[] = []
  const discarded: string[] = []
  const attemptsMs: number[] = []
  const reconnector = new Reconnector<string>({
    clock,
    random: seededRandom(3),
    open: () => open(attemptsMs.push(clock.monotonic())),
    opened: (it) => opened.push(it),
    failed: (error) => failed.push(error.code),
    discard: (it) => discarded.push(it),
  })
  reconnector.start()
  return { clock, reconnector, opened, failed, discarded, attemptsMs }
}

test("it never gives up, and does not hammer: about once a second in the long run", async () => {
  const { clock, attemptsMs } = setup(() => Promise.reject(new HoldfastError("STORE_UNAVAILABLE", "Refused.")))
  await clock.advance(3_600_000)
  expect(attemptsMs.length).toBeGreaterThan(3000)
  expect(attemptsMs.length).toBeLessThan(4200)
  const waits = attemptsMs.slice(1).map((ms, index) => ms - (attemptsMs[index] ?? 0))
  expect(Math.max(...waits)).toBeLessThanOrEqual(2000)
})

test("where only an operator can help it waits up to a minute", async () => {
  const { clock, attemptsMs } = setup(() => Promise.reject(refusal("WRONGPASS")))
  await clock.advance(3_600_000)
  expect(attemptsMs.length).toBeGreaterThan(60)
  expect(attemptsMs.length).toBeLessThan(200)
})

test("a connection that closes as soon as it is open is not opened in a tight loop", async () => {
  const { clock, reconnector, attemptsMs, opened } = setup((attempt) => Promise.resolve(`${attempt}`))
  for (let ms = 0; ms < 60_000; ms += 5) {
    await clock.advance(5)
    reconnector.lost()
  }
  expect(opened.length).toBe(attemptsMs.length)
  expect(attemptsMs.length).toBeLessThan(120)
})

test("after a connection that lasted it is quick again", async () => {
  const { clock, reconnector, attemptsMs } = setup((attempt) =>
    attempt % 20 === 0 ? Promise.resolve("good") : Promise.reject(new HoldfastError("STORE_UNAVAILABLE", "Refused.")),
  )
  for (let ms = 0; attemptsMs.length < 20; ms += 100) await clock.advance(100)
  await clock.advance(60_000)
  const lostMs = clock.monotonic()
  reconnector.lost()
  reconnector.lost()
  await clock.advance(50)
  expect(attemptsMs.length).toBe(21)
  expect((attemptsMs[20] ?? Infinity) - lostMs).toBeLessThanOrEqual(50)
})

test("after stop nothing is opened, and what was under way is discarded", async () => {
  let finish = (_value: string): void => {}
  const { clock, reconnector, opened, discarded } = setup(() => new Promise((resolve) => (finish = resolve)))
  reconnector.stop()
  finish("late")
  await clock.advance(10_000)
  expect([opened, discarded, clock.pending]).toEqual([[], ["late"], 0])
})
