import { expect, test } from "vitest"
import { EventAddress } from "../entry/event-address.ts"
import { deferred } from "../internal/deferred.ts"
import { Service } from "./caught-up.fixture.ts"
import { eventBed } from "./events.fixture.ts"

const address = new EventAddress("shop", "updated")

/** Whether it has been settled. */
function watched(promise: Promise<void>): { readonly promise: Promise<unknown>; isOver: boolean } {
  const watch = { promise: promise.catch((error: unknown) => error), isOver: false }
  watch.promise.then(
    () => (watch.isOver = true),
    () => {},
  )
  return watch
}

test("a service that was down reads nothing that was changed meanwhile, once it has caught up", async () => {
  const service = new Service()
  const other = service.start()
  await service.bed.clock.settle()
  expect(await other.cache.get("1")).toBe("a")
  await other.holdfast.close()
  const publisher = service.bed.process("elsewhere")
  service.row = "b"
  await publisher.event<string>("updated", { namespace: "shop" }).publish("1")

  const restarted = service.start({ isGated: true })
  const caughtUp = watched(restarted.holdfast.caughtUp())
  await service.bed.clock.advance(5000)
  expect(caughtUp.isOver).toBe(false)
  expect(await restarted.cache.get("1")).toBe("a")
  restarted.open()
  expect(await caughtUp.promise).toBeUndefined()
  expect(await restarted.cache.get("1")).toBe("b")
  await Promise.all([restarted.holdfast.close(), publisher.close()])
})

test("the first start has caught up once its caches are cleared", async () => {
  const service = new Service()
  let isFull = true
  const { memory, clock } = service.bed
  const invalidateTag = memory.invalidateTag.bind(memory)
  memory.invalidateTag = async (...asked) => {
    if (isFull) throw new Error("not now")
    return invalidateTag(...asked)
  }
  const { holdfast } = service.start()
  const caughtUp = watched(holdfast.caughtUp())
  await clock.advance(5000)
  expect(caughtUp.isOver).toBe(false)
  isFull = false
  await clock.runUntil(caughtUp.promise)
  expect(service.bed.reported.map(({ name }) => name)).toContain("clear")
  await holdfast.close()
})

test("where another process reads, its place counts, and it is asked for no longer than somebody waits", async () => {
  const service = new Service()
  const { clock } = service.bed
  const reading = service.start({ isGated: true })
  await clock.runUntil(reading.holdfast.caughtUp())
  const waiting = service.start()
  await clock.settle()
  await clock.runUntil(waiting.holdfast.caughtUp())
  await service.change("b", reading)
  const caughtUp = watched(waiting.holdfast.caughtUp())
  await clock.advance(7000)
  expect(caughtUp.isOver).toBe(false)
  expect(waiting.event.stats().readers[0]?.isReading).toBe(false)
  reading.open()
  const openedMs = clock.monotonic()
  await clock.runUntil(caughtUp.promise)
  expect(clock.monotonic() - openedMs).toBeLessThanOrEqual(1000)
  const reads = service.countReads()
  await clock.advance(30_000)
  expect(reads()).toBeLessThan(22)
  await Promise.all([reading, waiting].map(({ holdfast }) => holdfast.close()))
})

test("a process that has died is followed once its lease has ended", async () => {
  const service = new Service()
  const { clock, memory } = service.bed
  const request = { reader: "shop#cache#row", token: "d".repeat(32), limit: 0, keepMs: 86_400_000, leaseMs: 8000 }
  await memory.events?.read(address, { ...request, reached: undefined, after: undefined })
  const { holdfast } = service.start()
  const caughtUp = watched(holdfast.caughtUp())
  await clock.advance(7900)
  expect(caughtUp.isOver).toBe(false)
  await clock.advance(200)
  expect(caughtUp.isOver).toBe(true)
  await holdfast.close()
})

test("what is published after the call is not waited for", async () => {
  const service = new Service()
  const { clock } = service.bed
  const reading = service.start({ isGated: true })
  const waiting = service.start()
  await clock.runUntil(waiting.holdfast.caughtUp())
  await service.change("b", reading, "1")
  const caughtUp = watched(waiting.holdfast.caughtUp())
  await clock.advance(1000)
  await service.change("c", reading, "2")
  await clock.advance(1000)
  expect(caughtUp.isOver).toBe(false)
  reading.open("1")
  await clock.advance(1000)
  expect(caughtUp.isOver).toBe(true)
  expect(reading.event.stats().readers[0]).toMatchObject({ isReading: true, lag: 1 })
  reading.open()
  await Promise.all([reading, waiting].map(({ holdfast }) => holdfast.close()))
})

test("one ask of an idle reader tells that it is at the end", async () => {
  const service = new Service()
  const { holdfast } = service.start()
  await service.bed.clock.advance(100)
  const reads = service.countReads()
  await holdfast.caughtUp()
  expect(reads()).toBe(1)
  await Promise.all([holdfast.caughtUp(), holdfast.caughtUp()])
  expect(reads()).toBe(2)
  await holdfast.close()
})

test("an ask that was under way before the call tells nothing of what had been published by then", async () => {
  const service = new Service()
  const { clock } = service.bed
  const reader = service.start({ isGated: true })
  await clock.advance(100)
  const [asked, gate] = [deferred<void>(), deferred<void>()]
  service.onRead(async (page) => {
    const answer = await page
    asked.resolve()
    await gate.promise
    return answer
  })
  await clock.runUntil(asked.promise)
  await service.change("b", reader)
  const caughtUp = watched(reader.holdfast.caughtUp())
  gate.resolve()
  await clock.advance(1000)
  expect(caughtUp.isOver).toBe(false)
  reader.open()
  expect(await caughtUp.promise).toBeUndefined()
  await reader.holdfast.close()
})

test("a place from before a loss is none", async () => {
  const service = new Service()
  const { clock, memory } = service.bed
  const { holdfast, event, cache } = service.start()
  await clock.advance(100)
  for (const key of ["1", "2"]) await event.publish(key)
  await clock.advance(100)
  memory.evict(address.head)
  const gate = deferred<void>()
  const invalidateTag = memory.invalidateTag.bind(memory)
  memory.invalidateTag = (...asked) => gate.promise.then(() => invalidateTag(...asked))
  const caughtUp = watched(holdfast.caughtUp())
  await clock.advance(1000)
  expect(caughtUp.isOver).toBe(false)
  gate.resolve()
  await clock.runUntil(caughtUp.promise)
  expect(cache.stats().clears).toBe(2)
  await holdfast.close()
})

test("a stream that is lost meanwhile holds nobody: the caches have been cleared since", async () => {
  const service = new Service()
  const { clock, memory } = service.bed
  const reading = service.start({ isGated: true })
  await clock.runUntil(reading.holdfast.caughtUp())
  const waiting = service.start()
  await clock.settle()
  await service.change("b", reading)
  const caughtUp = watched(waiting.holdfast.caughtUp())
  await clock.advance(1000)
  memory.evict(address.key)
  memory.evict(address.head)
  await clock.advance(5000)
  expect(caughtUp.isOver).toBe(false)
  reading.open()
  await clock.runUntil(caughtUp.promise)
  expect(reading.cache.stats().clears).toBe(2)
  await Promise.all([reading, waiting].map(({ holdfast }) => holdfast.close()))
})

test("while the store is away it waits, for as long as its caller does", async () => {
  const service = new Service()
  const { bed } = service
  bed.isAway = true
  const { holdfast } = service.start()
  const caughtUp = watched(holdfast.caughtUp())
  const late = holdfast.caughtUp({ timeout: "2s" }).catch((error: unknown) => error)
  const leave = new AbortController()
  const left = holdfast.caughtUp({ signal: leave.signal }).catch((error: unknown) => error)
  await bed.clock.advance(1000)
  leave.abort(new Error("no more"))
  expect(await left).toEqual(new Error("no more"))
  await bed.clock.advance(1000)
  expect(await late).toMatchObject({ code: "CALL_TIMEOUT", facts: { timeoutMs: 2000 } })
  await bed.clock.advance(60_000)
  expect(caughtUp.isOver).toBe(false)
  bed.isAway = false
  await bed.clock.runUntil(caughtUp.promise)
  await expect(holdfast.caughtUp({ signal: leave.signal })).rejects.toThrow("no more")
  await expect(holdfast.caughtUp({ timeout: 5 as never })).rejects.toMatchObject({ code: "INVALID_DURATION" })
  await expect(holdfast.caughtUp({ signal: {} as never })).rejects.toMatchObject({ code: "INVALID_OPTION" })
  await holdfast.close()
})

test("who has left is not asked for any more", async () => {
  const service = new Service()
  const { clock } = service.bed
  const reading = service.start({ isGated: true })
  await clock.runUntil(reading.holdfast.caughtUp())
  const waiting = service.start()
  await clock.settle()
  await service.change("b", reading)
  const caughtUp = watched(waiting.holdfast.caughtUp({ timeout: "3s" }))
  await clock.advance(3000)
  expect(await caughtUp.promise).toMatchObject({ code: "CALL_TIMEOUT" })
  const reads = service.countReads()
  await clock.advance(30_000)
  // One that asks because its page lasts, and one that waits for its lease.
  expect(reads()).toBeLessThan(18)
  reading.open()
  await Promise.all([reading, waiting].map(({ holdfast }) => holdfast.close()))
})

test("groups are not waited for, and without rules there is nothing to wait for", async () => {
  const bed = eventBed()
  const holdfast = bed.process()
  await holdfast.caughtUp()
  const event = holdfast.event<number>("n")
  const gate = deferred<void>()
  event.subscribe({ group: "g", from: "beginning", handler: () => gate.promise })
  await event.publish(1)
  await holdfast.caughtUp()
  expect(event.stats().readers[0]).toMatchObject({ handled: 0 })
  gate.resolve()
  await holdfast.close()
})

test("after the end, and at the end, it rejects", async () => {
  const service = new Service()
  const { clock } = service.bed
  const { holdfast, event, open } = service.start({ isGated: true })
  await clock.runUntil(holdfast.caughtUp())
  await event.publish("1")
  const caughtUp = watched(holdfast.caughtUp())
  const closing = holdfast.close()
  expect(await caughtUp.promise).toMatchObject({ code: "CLOSED" })
  await expect(holdfast.caughtUp()).rejects.toMatchObject({ code: "CLOSED" })
  open()
  await closing
})
