import { expect, test } from "vitest"
import type { EventMessage } from "../contracts/domain-event.ts"
import { EventAddress } from "../entry/event-address.ts"
import { deferred } from "../internal/deferred.ts"
import { eventBed } from "./events.fixture.ts"
import { subscriber, type Options } from "./subscriber.fixture.ts"

test("a handler that throws is tried again, and does not stop the rest", async () => {
  const bed = eventBed()
  const tries: string[] = []
  const givenUp: unknown[] = []
  const handler = (n: number, { attempt }: EventMessage): void => {
    tries.push(`${n}/${attempt}`)
    if (n === 1 || (n === 2 && attempt === 1)) throw new Error(`not ${n}`)
  }
  const onGivenUp: NonNullable<Options["onGivenUp"]> = (n, { attempt }, error) => {
    givenUp.push(n, attempt, (error as Error).message)
  }
  const { holdfast, event } = await subscriber(bed, { handler, onGivenUp, attempts: 3 })
  for (const n of [1, 2, 3]) await event.publish(n)
  await bed.clock.settle()
  expect(tries).toEqual(["1/1", "2/1", "3/1"])
  await bed.clock.advance(2000)
  await event.publish(4)
  await bed.clock.settle()
  expect(tries.toSorted()).toEqual(["1/1", "1/2", "1/3", "2/1", "2/2", "3/1", "4/1"])
  expect(tries.at(-1)).toBe("4/1")
  expect(givenUp).toEqual([1, 3, "not 1"])
  expect(event.stats().readers[0]).toMatchObject({ handled: 3, failures: 4, givenUp: 1, lag: 0 })
  const failed = bed.reported.filter(({ name }) => name === "event-failed")
  expect(failed.at(-1)).toEqual({
    name: "event-failed",
    event: "n",
    reader: "g",
    attempt: 3,
    isGivenUp: true,
    error: "Error",
  })
  await holdfast.close()
})

test("what onGivenUp and onGap throw is tried again", async () => {
  const bed = eventBed()
  let refusals = 0
  const refuseOnce = (): void => {
    refusals += 1
    if (refusals % 2 === 1) throw new Error("once more")
  }
  const handler = (): void => {
    throw new Error("never")
  }
  const { holdfast, event } = await subscriber(bed, { handler, attempts: 1, onGap: refuseOnce, onGivenUp: refuseOnce })
  await bed.clock.advance(1000)
  expect(refusals).toBe(2)
  await event.publish(1)
  await bed.clock.advance(1000)
  expect(refusals).toBe(4)
  expect(event.stats().readers[0]).toMatchObject({ lag: 0, gaps: 1, givenUp: 1 })
  await holdfast.close()
})

test("an attempt that takes too long has failed, and its signal says so", async () => {
  const bed = eventBed()
  const signals: AbortSignal[] = []
  const handler = (_n: number, { signal, attempt }: EventMessage): Promise<void> | void => {
    signals.push(signal)
    if (attempt === 1) return new Promise(() => {})
  }
  const { holdfast, event } = await subscriber(bed, { handler, attemptTimeout: "1s" })
  await event.publish(1)
  await bed.clock.advance(999)
  expect([signals.length, signals[0]?.aborted]).toEqual([1, false])
  await bed.clock.advance(500)
  expect([signals.length, signals[0]?.aborted]).toEqual([2, true])
  expect(event.stats().readers[0]).toMatchObject({ handled: 1, failures: 1 })
  await holdfast.close()
})

test("who loses its lease is told by the signal, and its event is handled by who has it then", async () => {
  const bed = eventBed()
  const gate = deferred<void>()
  const signals: AbortSignal[] = []
  const handler = (_n: number, message: EventMessage): Promise<void> => {
    signals.push(message.signal)
    return gate.promise
  }
  const one = await subscriber(bed, { handler, attemptTimeout: "1h" })
  const two = await subscriber(bed)
  await one.event.publish(1)
  await bed.clock.settle()
  bed.clock.stall(9000)
  const read = {
    reader: "shop#g",
    token: "d".repeat(32),
    leaseMs: 5000,
    limit: 0,
    reached: undefined,
    after: undefined,
    keepMs: 1e9,
  }
  await bed.memory.events?.read(new EventAddress("shop", "n"), read)
  expect(signals.map(({ aborted }) => aborted)).toEqual([false])
  await bed.clock.advance(1000)
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  gate.resolve()
  await bed.clock.advance(20_000)
  expect(signals.length + two.got.length).toBe(2)
  const stats = [one, two].map(({ event }) => event.stats().readers[0])
  expect(stats.find((each) => each?.isReading)).toMatchObject({ lag: 0 })
  await Promise.all([one.holdfast.close(), two.holdfast.close()])
})

test("what was begun and not done when its lease was lost is done again when it is had again", async () => {
  const bed = eventBed()
  const gate = deferred<void>()
  const begun: number[] = []
  const handler = (n: number): Promise<void> => {
    begun.push(n)
    return gate.promise
  }
  const one = await subscriber(bed, { handler, attemptTimeout: "1h" })
  await one.event.publish(1)
  await bed.clock.settle()
  bed.clock.stall(9000)
  const read = { reader: "shop#g", token: "d".repeat(32), leaseMs: 5000, limit: 0, keepMs: 1e9 }
  await bed.memory.events?.read(new EventAddress("shop", "n"), { ...read, reached: undefined, after: undefined })
  // The lease is lost, and free again before the handler has ended.
  await bed.clock.advance(7000)
  gate.resolve()
  await bed.clock.advance(20_000)
  expect(begun).toEqual([1, 1])
  await one.holdfast.close()
})

test("closing Holdfast leaves a handler that hangs behind after half of its time", async () => {
  const bed = eventBed()
  const { holdfast, event } = await subscriber(bed, { handler: () => new Promise(() => {}) })
  await event.publish(1)
  await bed.clock.settle()
  let isClosed = false
  const closing = holdfast.close({ timeout: "4s" }).then(() => (isClosed = true))
  await bed.clock.advance(1999)
  expect(isClosed).toBe(false)
  await bed.clock.advance(2)
  expect(isClosed).toBe(true)
  await closing
})

test.each(["onGap", "onGivenUp"])(
  "closing waits for %s no longer than for a handler, and hands its part on",
  async (told) => {
    const bed = eventBed()
    const signals: (AbortSignal | undefined)[] = []
    const hang = (signal: AbortSignal): Promise<void> => {
      signals.push(signal)
      return new Promise(() => {})
    }
    const handler = (): void => {
      throw new Error("never")
    }
    const onGap: Options["onGap"] = ({ signal }) => (told === "onGap" ? hang(signal) : undefined)
    const onGivenUp: Options["onGivenUp"] = (_n, { signal }) => hang(signal)
    const one = await subscriber(bed, { handler, attempts: 1, attemptTimeout: "5s", onGap, onGivenUp })
    await one.event.publish(1)
    await bed.clock.advance(60_000)
    expect(signals.map((signal) => signal?.aborted)).toEqual([false])
    let isClosed = false
    const closing = one.subscription.close().then(() => (isClosed = true))
    await bed.clock.advance(4999)
    expect([isClosed, signals[0]?.aborted]).toEqual([false, true])
    await bed.clock.advance(2)
    expect(isClosed).toBe(true)
    await closing
    const whys: string[] = []
    const two = await subscriber(bed, { from: "beginning", onGap: ({ why }) => void whys.push(why) })
    expect([two.got, whys]).toEqual(told === "onGap" ? [[1], ["unknown"]] : [[1], []])
    await Promise.all([one.holdfast.close(), two.holdfast.close()])
  },
)

test("a group that stands at a gap is behind, and health says so", async () => {
  const bed = eventBed()
  const gate = deferred<void>()
  const { holdfast, event } = await subscriber(bed, { onGap: () => gate.promise })
  await event.publish(1)
  await bed.clock.advance(20_000)
  expect((await holdfast.health()).events).toEqual(['The group "g" is 20 s behind "n": events wait.'])
  gate.resolve()
  await bed.clock.advance(100)
  expect((await holdfast.health()).events).toEqual([])
  await holdfast.close()
})

test("a gap that is found in a page that was begun is not told of after the end", async () => {
  const bed = eventBed()
  const gate = deferred<void>()
  const told: unknown[] = []
  const tell = (by: string): Options => ({
    handler: (n) => void told.push(by, n),
    onGap: ({ why }) => void told.push(by, why),
  })
  const before = await subscriber(bed, tell("before"))
  await before.subscription.close()
  await before.event.publish(1)
  bed.memory.evict(new EventAddress("shop", "n").head)
  await before.event.publish(2)
  const one = await subscriber(bed, { ...tell("one"), handler: () => gate.promise })
  const closing = one.subscription.close()
  gate.resolve()
  await closing
  const two = await subscriber(bed, tell("two"))
  expect(told).toEqual(["before", "unknown", "two", "lost", "two", 2])
  await Promise.all([before, one, two].map(({ holdfast }) => holdfast.close()))
})

test("what onGap does within the time is done, although the subscription has been closed", async () => {
  const bed = eventBed()
  const gate = deferred<void>()
  const one = await subscriber(bed, { onGap: () => gate.promise, attemptTimeout: "5s" })
  const closing = one.subscription.close()
  await bed.clock.advance(4000)
  gate.resolve()
  await closing
  const whys: string[] = []
  const two = await subscriber(bed, { onGap: ({ why }) => void whys.push(why) })
  expect(whys).toEqual([])
  await Promise.all([one.holdfast.close(), two.holdfast.close()])
})

test("closing waits for an attempt that is made again", async () => {
  const bed = eventBed()
  const gate = deferred<void>()
  const handler = (_n: number, { attempt }: EventMessage): Promise<void> => {
    return attempt === 1 ? Promise.reject(new Error("not yet")) : gate.promise
  }
  const { holdfast, event, subscription } = await subscriber(bed, { handler })
  await event.publish(1)
  await bed.clock.advance(1000)
  let isClosed = false
  const closing = subscription.close().then(() => (isClosed = true))
  await bed.clock.settle()
  expect(isClosed).toBe(false)
  gate.resolve()
  await closing
  const next = await subscriber(bed)
  expect(next.got).toEqual([])
  await Promise.all([holdfast.close(), next.holdfast.close()])
})

test("one that fails holds the place, so that nothing is lost with its process, and no more than a thousand go on", async () => {
  const bed = eventBed()
  const done: number[] = []
  const handler = (n: number): void => {
    if (n === 0) throw new Error("never")
    done.push(n)
  }
  const one = await subscriber(bed, { handler, attempts: 1_000_000 })
  for (let n = 0; n < 1500; n += 1) await one.event.publish(n)
  await bed.clock.advance(60_000)
  expect(done.length).toBeGreaterThan(1000)
  expect(done.length).toBeLessThan(1100)
  expect(one.event.stats().readers[0]).toMatchObject({ lag: 1500 })
  await one.holdfast.close()
  const two = await subscriber(bed)
  await bed.clock.settle()
  expect(two.got).toEqual(Array.from({ length: 1500 }, (_, n) => n))
  await two.holdfast.close()
})

test("what cannot be read is passed over and counted, and what was trimmed is told between its neighbours", async () => {
  const bed = eventBed()
  const seen: unknown[] = []
  const options: Options = { handler: (n) => void seen.push(n), onGap: ({ why }) => void seen.push(why) }
  const one = await subscriber(bed, options)
  const address = new EventAddress("shop", "n")
  await one.event.publish(1)
  await bed.clock.settle()
  await one.holdfast.close()
  const publisher = bed.process("elsewhere").event<number>("n", { namespace: "shop" })
  await publisher.publish(2)
  bed.memory.evict(address.key)
  await bed.memory.events?.publish(address, { id: "x", data: "{" }, { keepMs: 1e9, maxEvents: 10 })
  await publisher.publish(3)
  bed.memory.evict(address.head)
  await publisher.publish(4)
  const two = await subscriber(bed, options)
  expect(seen).toEqual(["unknown", 1, "trimmed", 3, "lost", 4])
  expect(two.event.stats().readers[0]).toMatchObject({ handled: 2, unreadable: 1, gaps: 2, lag: 0 })
  await two.holdfast.close()
})
