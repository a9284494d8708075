import * as fc from "fast-check"
import { expect, test } from "vitest"
import { virtualClock } from "../testing/virtual-clock.ts"
import { Deadline, deadlineQueue } from "./deadline-queue.ts"

class Probe extends Deadline {
  readonly note: (stalled: boolean) => void
  constructor(note: (stalled: boolean) => void) {
    super()
    this.note = note
  }
  override expire(stalled: boolean): void {
    this.note(stalled)
  }
}

function setup() {
  const clock = virtualClock()
  const startMs = clock.monotonic()
  const queue = deadlineQueue(clock)
  const expired: string[] = []
  const add = (name: string, timeoutMs: number): Probe => {
    const probe = new Probe((stalled) => {
      expired.push(`${name}@${clock.monotonic() - startMs}${stalled ? " stalled" : ""}`)
    })
    queue.add(probe, timeoutMs, clock.monotonic())
    return probe
  }
  return { clock, queue, expired, add }
}

test("what is not removed expires at its time, whatever the lengths and the order of adding", async () => {
  const { clock, queue, expired, add } = setup()
  add("slow", 500)
  add("fast", 100)
  const settled = add("settled", 100)
  await clock.advance(50)
  add("second", 100)
  queue.remove(settled)
  queue.remove(settled)
  expect(queue.size).toBe(3)
  await clock.advance(1000)
  expect(expired).toEqual(["fast@100", "second@150", "slow@500"])
  expect(queue.size).toBe(0)
})

test("one timer serves any number of deadlines, and none runs when there is nothing to wait for", async () => {
  const { clock, queue, add } = setup()
  expect(clock.pending).toBe(0)
  const probes = Array.from({ length: 1000 }, (_, index) => add(`${index}`, 100 + (index % 7)))
  expect(clock.pending).toBe(1)
  for (const probe of probes) queue.remove(probe)
  await clock.advance(1000)
  expect(clock.pending).toBe(0)
})

test("an answer that lies unread in the socket at the deadline still counts", async () => {
  const { clock, queue, expired, add } = setup()
  const probe = add("answered", 100)
  clock.setTimeout(() => queue.remove(probe), 100)
  await clock.advance(100)
  expect(expired).toEqual([])
})

test("a deadline that a blocked event loop has overrun starts again, once", async () => {
  const { clock, queue, expired, add } = setup()
  add("never answered", 100)
  const unwritten = add("written late", 100)
  clock.stall(400)
  await clock.advance(0)
  expect(expired).toEqual([])
  clock.setTimeout(() => queue.remove(unwritten), 60)
  await clock.advance(99)
  expect(expired).toEqual([])
  await clock.advance(1)
  expect(expired).toEqual(["never answered@500"])

  add("blocked twice", 100)
  clock.stall(200)
  await clock.advance(0)
  clock.stall(200)
  await clock.advance(0)
  expect(expired.at(-1)).toBe("blocked twice@900 stalled")
})

test("for any schedule, each deadline expires exactly once, at its time, unless it was removed before", async () => {
  const action = fc.record({
    atMs: fc.nat(300),
    timeoutMs: fc.integer({ min: 1, max: 200 }),
    removeAfterMs: fc.nat(300),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
      const { clock, queue, expired, add } = setup()
      actions.forEach(({ atMs, timeoutMs, removeAfterMs }, index) => {
        clock.setTimeout(() => {
          const probe = add(`${index}`, timeoutMs)
          clock.setTimeout(() => queue.remove(probe), removeAfterMs)
        }, atMs)
      })
      await clock.runUntilIdle()
      const due = actions
        .map(({ atMs, timeoutMs, removeAfterMs }, index) => ({
          name: `${index}@${atMs + timeoutMs}`,
          timeoutMs,
          removeAfterMs,
        }))
        .filter(({ timeoutMs, removeAfterMs }) => removeAfterMs > timeoutMs)
        .map(({ name }) => name)
      const tied = actions.map((each, index) =>
        each.removeAfterMs === each.timeoutMs ? `${index}@${each.atMs + each.timeoutMs}` : "",
      )
      expect(expired.filter((name) => !tied.includes(name)).toSorted()).toEqual(due.toSorted())
      expect(queue.size).toBe(0)
      expect(clock.pending).toBe(0)
    }),
    { numRuns: 100 },
  )
})
