import { expect, test } from "vitest"
import type { InvalidateRequest } from "../../contracts/store.ts"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { deferred } from "../../internal/deferred.ts"
import { gatedSource, overriding, switchable, testBed, type TestBed } from "../cache.fixture.ts"
import { gatedWork, recording } from "./unit.fixture.ts"
import type { UnitDelivery } from "./unit.ts"

const policy = { name: "item", ttl: "10m", grace: "1m", jitter: "0%" } as const

/** Two caches over one row each, and what reaches the store. */
function rowBed(wrap?: Parameters<typeof testBed>[0]) {
  let calls: string[] = []
  const bed = testBed((inner) => {
    const recorded = recording(wrap?.(inner) ?? inner)
    calls = recorded.calls
    return recorded.store
  })
  const row = { value: "old" }
  const load = async (_id: string): Promise<string> => row.value
  const cacheOf = (holdfast: TestBed["holdfast"]) => holdfast.cache({ ...policy, load })
  return { ...bed, row, calls, cacheOf, cache: cacheOf(bed.holdfast) }
}

test("nothing reaches the store before the work has resolved, and all of it has when the call resolves", async () => {
  const { holdfast, cache, cacheOf, peer, calls, row, clock } = rowBed()
  const other = cacheOf(peer())
  await other.get("a")
  const { unit, gate, done } = await gatedWork(holdfast, (begun) => begun.invalidate(cache, "a"))
  unit.invalidateTags(["red"])
  unit.invalidateGroup("user:7")
  unit.clear(cache)
  await clock.advance(60_000)
  expect(calls).toEqual([])
  row.value = "new"
  expect(await other.get("a"), "committed, and not delivered yet").toBe("old")
  gate.resolve("result")
  expect(await done).toBe("result")
  expect(calls.toSorted()).toEqual([
    "invalidate test:{item:a}",
    "invalidateTag test:{clear#item}",
    "invalidateTag test:{tag#red}",
    "invalidateTag test:{user:7}:#group",
  ])
  expect(await other.get("a")).toBe("new")
})

test("a load that has read before the commit is neither stored nor joined once the call has resolved", async () => {
  const { holdfast, clock } = testBed()
  const source = gatedSource<string>()
  const cache = holdfast.cache({ ...policy, load: source.load })
  const early = cache.get("a")
  await clock.settle()
  await holdfast.afterCommit((unit) => unit.invalidate(cache, "a"))
  const late = cache.get("a")
  await clock.settle()
  source.calls[0]?.gate.resolve("old")
  expect(await early).toBe("old")
  await clock.settle()
  source.calls[1]?.gate.resolve("new")
  expect(await late).toBe("new")
  expect(await cache.peek("a")).toBe("new")
})

test("a key that is named often is invalidated once: by the highest version, and dropped if anybody drops it", async () => {
  const requests: InvalidateRequest[] = []
  const { holdfast } = testBed((store) =>
    overriding(store, {
      invalidate: (address, request) => {
        requests.push(request)
        return store.invalidate(address, request)
      },
    }),
  )
  const load = async (_id: string): Promise<{ version: number }> => ({ version: 1 })
  const cache = holdfast.cache({ ...policy, version: (row) => row.version, load })
  await holdfast.afterCommit((unit) => {
    unit.invalidate(cache, "a", { version: 7, expire: true })
    unit.invalidate(cache, "a", { version: 9, expire: true })
    unit.invalidate(cache, "a")
    unit.invalidateMany(cache, ["a", "a"], { version: 8 })
    unit.invalidate(cache, "b", { expire: true })
  })
  const versioned = (version: number, mode: string) =>
    expect.objectContaining({ mode, version: expect.stringContaining(String(version)) })
  expect(requests).toEqual([versioned(9, "drop"), expect.objectContaining({ mode: "expire", version: undefined })])
})

test("a thousand keys are told in one turn", async () => {
  let inOneTurn = 0
  const gate = deferred<void>()
  const { holdfast, clock } = testBed((store) =>
    overriding(store, {
      invalidate: async () => {
        inOneTurn += 1
        await gate.promise
      },
    }),
  )
  const cache = holdfast.cache({ ...policy, load: async (_id: number) => "v" })
  const keys = Array.from({ length: 3000 }, (_, id) => id)
  const ending = holdfast.afterCommit((unit) => unit.invalidateMany(cache, keys))
  await clock.settle()
  expect(inOneTurn).toBe(1024)
  gate.resolve()
  await ending
  expect(inOneTurn).toBe(3000)
})

test("events are published after all has been invalidated, in their order, and their payloads infer", async () => {
  const { holdfast, cache, calls } = rowBed()
  const event = { name: "item.changed", publish: async ({ id }: { id: string }) => calls.push(`publish ${id}`) }
  await holdfast.afterCommit((unit) => {
    unit.publish(event, { id: "a" })
    unit.publish(event, { id: "b" })
    unit.invalidate(cache, "a")
  })
  expect(calls).toEqual(["invalidate test:{item:a}", "publish a", "publish b"])
})

test("an event that cannot be published, and one that takes for ever, do not fail what was committed", async () => {
  const { holdfast, events, clock } = testBed()
  const deliveries: UnitDelivery[] = []
  const boom = new HoldfastError("STORE_UNAVAILABLE", "off.")
  const failing = { name: "item.changed", publish: (_payload: string) => Promise.reject(boom) }
  const onDelivery = (delivery: UnitDelivery): void => void deliveries.push(delivery)
  const done = holdfast.afterCommit(
    (unit) => {
      unit.publish(failing, "a")
      return "result"
    },
    { onDelivery },
  )
  expect(await done).toBe("result")
  expect(deliveries).toEqual([{ delivered: true, errors: [boom] }])
  expect(events).toContainEqual({ name: "publish-failed", event: "item.changed", code: "STORE_UNAVAILABLE" })
  const late = deferred<void>()
  const slow = holdfast.afterCommit((unit) => unit.publish({ publish: () => late.promise }, undefined))
  await clock.advance(1999)
  late.reject(new Error("later"))
  await slow
  const never = holdfast.afterCommit((unit) => unit.publish({ publish: () => new Promise(() => {}) }, undefined))
  expect(await clock.runUntil(never, 2001)).toBeUndefined()
})

test("what the store cannot be told is journalled, and the call resolves and says so", async () => {
  let off = false
  const away = () => new HoldfastError("STORE_UNAVAILABLE", "off.")
  const { holdfast, cache, clock, peer, cacheOf, row, calls } = rowBed((store) => switchable(store, () => off, away))
  const other = cacheOf(peer())
  await other.get("a")
  off = true
  row.value = "new"
  const deliveries: UnitDelivery[] = []
  const onDelivery = (delivery: UnitDelivery): void => {
    deliveries.push(delivery)
    throw new Error("of the listener")
  }
  expect(await holdfast.afterCommit((unit) => unit.invalidate(cache, "a"), { onDelivery })).toBeUndefined()
  expect(deliveries).toEqual([{ delivered: false, errors: [] }])
  expect(await cache.get("a"), "this process knows").toBe("new")
  off = false
  await clock.advance(5000)
  expect(calls.length).toBeGreaterThan(1)
  expect(await other.get("a")).toBe("new")
})

test("what the journal has no room for is told to the listener and the observer, and the call resolves", async () => {
  const away = () => new HoldfastError("STORE_UNAVAILABLE", "off.")
  const { holdfast, cache, events } = rowBed((store) => switchable(store, () => true, away))
  const deliveries: UnitDelivery[] = []
  const name = holdfast.afterCommit(
    (unit) => {
      unit.invalidateMany(cache, ["a", "b", "c", "d", "e"])
      return "result"
    },
    { onDelivery: (delivery) => void deliveries.push(delivery) },
  )
  expect(await name).toBe("result")
  const full = expect.objectContaining({ code: "INVALIDATION_BACKLOG_FULL" })
  expect(deliveries).toEqual([{ delivered: false, errors: [full, full] }])
  expect(events.filter((event) => event.name === "invalidation-lost")).toHaveLength(2)
})

test("closing waits for the transactions under way, and what comes later is told to be lost", async () => {
  const { holdfast, cache, calls, clock, events } = rowBed()
  const punctual = await gatedWork(holdfast, (unit) => unit.invalidate(cache, "a"))
  const late = await gatedWork(holdfast, (unit) => unit.invalidate(cache, "b"))
  const closing = holdfast.close({ timeout: "2s" })
  await clock.advance(500)
  expect(calls).toEqual([])
  punctual.gate.resolve("in time")
  expect(await punctual.done).toBe("in time")
  expect(calls).toEqual(["invalidate test:{item:a}"])
  await clock.runUntil(closing)
  await expect(holdfast.afterCommit(() => "not called")).rejects.toMatchObject({ code: "CLOSED" })
  late.gate.resolve("too late")
  expect(await late.done).toBe("too late")
  const lost = events.filter(({ name }) => name === "invalidation-lost")
  expect(lost).toEqual([{ name: "invalidation-lost", cache: "item", key: "test:{item:b}" }])
})

test("an error of the work comes through after what was named is invalidated, because it may have been committed", async () => {
  const { holdfast, cache, calls, events } = rowBed()
  const published: string[] = []
  const event = { publish: async (id: string) => published.push(id) }
  const boom = new Error("the answer to COMMIT was lost")
  const work = holdfast.afterCommit((unit) => {
    unit.invalidate(cache, "a")
    unit.invalidateTags(["red"])
    unit.publish(event, "a")
    throw boom
  })
  await expect(work).rejects.toBe(boom)
  expect(calls.toSorted()).toEqual(["invalidate test:{item:a}", "invalidateTag test:{tag#red}"])
  expect(published).toEqual([])
  expect(events).toContainEqual({ name: "after-commit", keys: 1, tags: 1, events: 0, threw: true, delivered: true })
})

test("with onThrow drop an error drops all, by a word or by the error", async () => {
  class OutOfStock extends Error {}
  const cases = [
    ["drop", new Error("any"), false],
    [(error: unknown) => (error instanceof OutOfStock ? "drop" : "invalidate"), new OutOfStock(), false],
    [(error: unknown) => (error instanceof OutOfStock ? "drop" : "invalidate"), new Error("any"), true],
    [() => Promise.resolve("drop") as never, new Error("any"), true],
    [
      () => {
        throw new Error("of onThrow")
      },
      new Error("any"),
      true,
    ],
  ] as const
  for (const [onThrow, error, isInvalidated] of cases) {
    const { holdfast, cache, calls } = rowBed()
    const work = holdfast.afterCommit(
      (unit) => {
        unit.invalidate(cache, "a")
        unit.invalidateTags(["red"])
        unit.clear(cache)
        throw error
      },
      { onThrow },
    )
    await expect(work).rejects.toBe(error)
    expect(calls.length > 0).toBe(isInvalidated)
  }
})

test("arguments are checked when they are named, and before anything is taken", async () => {
  const { holdfast, cache, calls } = rowBed()
  const elsewhere = rowBed().cache
  const refused = (code: string) => expect.objectContaining({ code })
  await holdfast.afterCommit((unit) => {
    expect(() => unit.invalidateMany(cache, ["a", Number.NaN as never])).toThrow(refused("INVALID_KEY"))
    expect(() => unit.invalidate(cache, "a", { version: 1 })).toThrow(refused("INVALID_OPTION"))
    expect(() => unit.invalidate({} as never, "a")).toThrow(refused("INVALID_OPTION"))
    expect(() => unit.clear(undefined as never)).toThrow(refused("INVALID_OPTION"))
    expect(() => unit.invalidate(elsewhere, "a")).toThrow(/another Holdfast/)
    expect(() => unit.clear(elsewhere)).toThrow(/another Holdfast/)
    expect(() => unit.invalidateTags([""])).toThrow(refused("INVALID_TAG"))
    expect(() => unit.publish({} as never, "a")).toThrow(refused("INVALID_OPTION"))
  })
  expect(calls).toEqual([])
  for (const [work, options] of [
    [undefined, {}],
    [() => {}, { onThrow: "keep" }],
    [() => {}, { onDelivery: "log" }],
    [() => {}, { onthrow: "drop" }],
  ] as const) {
    await expect(holdfast.afterCommit(work as never, options as never)).rejects.toMatchObject({
      code: "INVALID_OPTION",
    })
  }
})

test("a unit that is used after its work has ended says so", async () => {
  const { holdfast, cache } = rowBed()
  const { unit, gate, done } = await gatedWork(holdfast)
  gate.resolve("done")
  await done
  const ended = expect.objectContaining({ code: "UNIT_ENDED" })
  expect(() => unit.invalidate(cache, "a")).toThrow(ended)
  expect(() => unit.invalidateTags(["red"])).toThrow(ended)
  expect(() => unit.clear(cache)).toThrow(ended)
  expect(() => unit.publish({ publish: async () => {} }, undefined)).toThrow(ended)
  await expect(unit.opened()).rejects.toMatchObject({ code: "UNIT_ENDED" })
})
