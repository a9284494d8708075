import { expect, test } from "vitest"
import { deferred } from "../internal/deferred.ts"
import { eventBed } from "./events.fixture.ts"
import { subscriber } from "./subscriber.fixture.ts"

test("each event is handled once per group, in the order of publication, by one process", async () => {
  const bed = eventBed()
  const one = await subscriber(bed)
  const two = await subscriber(bed)
  const other = await subscriber(bed, { group: "h" })
  for (const n of [1, 2, 3]) await one.event.publish(n, { id: `m${n}` })
  await bed.clock.settle()
  expect([one.got, two.got, other.got]).toEqual([[1, 2, 3], [], [1, 2, 3]])
  expect(one.messages.map(({ id, attempt }) => [id, attempt])).toEqual([
    ["m1", 1],
    ["m2", 1],
    ["m3", 1],
  ])
  expect(one.messages[0]?.publishedMs).toBe(bed.clock.now())
  expect(one.messages[0]?.position).toBe(`${bed.clock.now()}-0`)
  await Promise.all([one, two, other].map(({ holdfast }) => holdfast.close()))
})

test("a subscription keeps its process alive until it has ended", async () => {
  const bed = eventBed()
  const one = await subscriber(bed)
  expect(bed.clock.held).toBe(1)
  await one.holdfast.close()
  expect(bed.clock.held).toBe(0)
})

test("a group that was down is handed what was published meanwhile", async () => {
  const bed = eventBed()
  const before = await subscriber(bed)
  await before.event.publish(1)
  await bed.clock.settle()
  await before.holdfast.close()
  const publisher = bed.process("elsewhere")
  const event = publisher.event<number>("n", { namespace: "shop" })
  await event.publish(2)
  await event.publish(3)
  const after = await subscriber(bed)
  expect([before.got, after.got]).toEqual([[1], [2, 3]])
  await Promise.all([after.holdfast.close(), publisher.close()])
})

test("a new group begins now, or with all that is kept, and is told that it knows of nothing before", async () => {
  const bed = eventBed()
  const publisher = await subscriber(bed, { group: "other" })
  await publisher.event.publish(1)
  const why: string[] = []
  const onGap = (gap: { readonly why: string }): void => void why.push(gap.why)
  const now = await subscriber(bed, { group: "now", onGap })
  const all = await subscriber(bed, { group: "all", from: "beginning", onGap })
  await publisher.event.publish(2)
  await bed.clock.settle()
  expect([now.got, all.got, why]).toEqual([[2], [1, 2], ["unknown", "unknown"]])
  await Promise.all([publisher, now, all].map(({ holdfast }) => holdfast.close()))
})

test("so many are handled at one time as was asked for", async () => {
  const bed = eventBed()
  const gates = [1, 2, 3].map(() => deferred<void>())
  const begun: number[] = []
  const handler = (n: number): Promise<void> | undefined => {
    begun.push(n)
    return gates[n - 1]?.promise
  }
  const { holdfast, event } = await subscriber(bed, { handler, concurrency: 2 })
  await Promise.all([1, 2, 3].map((n) => event.publish(n)))
  await bed.clock.settle()
  expect(begun).toEqual([1, 2])
  gates[1]?.resolve()
  await bed.clock.settle()
  expect(begun).toEqual([1, 2, 3])
  for (const gate of gates) gate.resolve()
  await bed.clock.settle()
  await holdfast.close()
})

test("a long handler keeps its lease, and nobody else is handed its event", async () => {
  const bed = eventBed()
  const gate = deferred<void>()
  const one = await subscriber(bed, { handler: () => gate.promise, attemptTimeout: "1h" })
  const two = await subscriber(bed)
  await one.event.publish(1)
  await bed.clock.advance(60_000)
  expect(two.got).toEqual([])
  gate.resolve()
  await bed.clock.settle()
  await one.holdfast.close()
  await two.event.publish(2)
  await bed.clock.advance(3000)
  expect(two.got).toEqual([2])
  await two.holdfast.close()
})

test("closing lets handlers end, keeps what they have done, and hands the rest to the next process", async () => {
  const bed = eventBed()
  const gate = deferred<void>()
  const begun: number[] = []
  const handler = (n: number): Promise<void> | undefined => {
    begun.push(n)
    return n === 2 ? gate.promise : undefined
  }
  const one = await subscriber(bed, { handler })
  const two = await subscriber(bed)
  await Promise.all([1, 2, 3].map((n) => one.event.publish(n)))
  await bed.clock.settle()
  let isClosed = false
  const closing = one.subscription.close().then(() => (isClosed = true))
  await bed.clock.settle()
  expect([begun, isClosed, two.got]).toEqual([[1, 2], false, []])
  gate.resolve()
  await closing
  await bed.clock.settle()
  expect([begun, two.got]).toEqual([[1, 2], [3]])
  await Promise.all([one.holdfast.close(), two.holdfast.close()])
})

test("an aborted signal ends a subscription, and so does the end of its scope", async () => {
  const bed = eventBed()
  const abort = new AbortController()
  const { holdfast, event, got } = await subscriber(bed, { signal: abort.signal })
  abort.abort()
  await bed.clock.settle()
  await event.publish(1)
  await bed.clock.advance(5000)
  expect(got).toEqual([])
  expect(event.stats().readers).toEqual([])
  expect(() => event.subscribe({ group: "x", handler: () => {}, signal: abort.signal })).toThrow(/aborted/)
  {
    await using scoped = event.subscribe({ group: "g", handler: (n) => void got.push(n) })
    expect(scoped.group).toBe("g")
    await bed.clock.settle()
  }
  expect(got).toEqual([1])
  expect(event.stats().readers).toEqual([])
  await holdfast.close()
})

test("a second subscription of a group would wait for the first for ever: it is refused until that is closed", async () => {
  const bed = eventBed()
  const gate = deferred<void>()
  const { holdfast, event, subscription } = await subscriber(bed, { handler: () => gate.promise })
  await event.publish(1)
  await bed.clock.settle()
  const got: number[] = []
  const again = { group: "g", handler: (n: number) => void got.push(n) }
  expect(() => event.subscribe(again)).toThrow(/`group` is taken/)
  const closing = subscription.close()
  const next = event.subscribe(again)
  expect(() => event.subscribe(again)).toThrow(/`group` is taken/)
  // Whoever closes twice does not free the group for a third one.
  await Promise.all([subscription.close(), closing, Promise.resolve(gate.resolve())])
  expect(() => event.subscribe(again)).toThrow(/`group` is taken/)
  await event.publish(2)
  await bed.clock.settle()
  expect(got).toEqual([2])
  await next.close()
  await holdfast.close()
})

test("wrong options are refused", async () => {
  const holdfast = eventBed().process()
  const event = holdfast.event<number>("n")
  const handler = (): void => {}
  const refused = (options: object): unknown => {
    try {
      return event.subscribe({ group: "g", handler, ...options })
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  const wrong = [{ group: "a b" }, { handler: 1 }, { from: "then" }, { concurrency: 0 }, { attempts: 0 }, { onGap: 1 }]
  for (const options of [...wrong, { onGivenUp: 1 }, { signal: {} }, { retries: 1 }])
    expect(refused(options), JSON.stringify(options)).toBe("INVALID_OPTION")
  expect(refused({ attemptTimeout: 5 })).toBe("INVALID_DURATION")
  await holdfast.close()
  expect(refused({})).toBe("CLOSED")
})
