import { expect, test } from "vitest"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { deferred } from "../internal/deferred.ts"
import { gatedSource, overriding, switchable, testBed } from "./cache.fixture.ts"

const policy = { ttl: "10m", jitter: "0%" } as const

test("a lookup whose caller has left gives its lease back", async () => {
  const gate = deferred<void>()
  const { holdfast, clock } = testBed((store) =>
    overriding(store, {
      lease: async (address, request) => {
        await gate.promise
        return store.lease(address, request)
      },
    }),
  )
  const cache = holdfast.cache<string, string>({ name: "item", ...policy })
  const outcomes = Promise.allSettled([cache.lookup("a", { timeout: "100ms" })])
  await clock.advance(100)
  expect(await outcomes).toMatchObject([{ status: "rejected", reason: { code: "CALL_TIMEOUT" } }])
  gate.resolve()
  await clock.settle()
  expect((await cache.explain("a")).lease).toBeUndefined()
})

test("a fill by hand that throws gives its lease back", async () => {
  const { holdfast, clock } = testBed()
  const cache = holdfast.cache<string, unknown>({ name: "item", ...policy })
  const miss = await cache.lookup("a")
  if (miss.hit) throw new Error("expected a miss")
  await expect(miss.fill(() => {})).rejects.toMatchObject({ code: "VALUE_NOT_ENCODABLE" })
  await clock.settle()
  expect((await cache.explain("a")).lease).toBeUndefined()
})

test("a fill whose answer is lost does not leave its lease behind", async () => {
  const { holdfast, clock } = testBed((store) =>
    overriding(store, { fill: () => Promise.reject(new HoldfastError("COMMAND_TIMEOUT", "lost.")) }),
  )
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => "v" })
  expect(await cache.get("a")).toBe("v")
  await clock.settle()
  expect((await cache.explain("a")).lease).toBeUndefined()
})

test("a load under way fills nothing while its key has an undelivered invalidation", async () => {
  let off = false
  const away = (): Error => new HoldfastError("STORE_UNAVAILABLE", "off.")
  const { holdfast, clock, store } = testBed((inner) => switchable(inner, () => off, away))
  const source = gatedSource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: source.load })
  const reading = cache.get("a")
  await clock.settle()
  off = true
  expect(await cache.invalidate("a")).toEqual({ delivered: false })
  off = false
  source.calls[0]?.gate.resolve("old")
  expect(await reading).toBe("old")
  const { keys } = await cache.explain("a")
  expect(await store.look({ ...keys } as never)).toBeUndefined()
})

test("a caller of a crowded key goes on as soon as any of its flights has landed", async () => {
  const { holdfast, clock } = testBed()
  const source = gatedSource<string>()
  const cache = holdfast.cache({ name: "item", ...policy, load: source.load })
  void cache.get("a").catch(() => {})
  await clock.settle()
  await cache.invalidate("a")
  const second = cache.get("a")
  await clock.settle()
  await cache.invalidate("a")
  const third = cache.get("a")
  await clock.settle()
  expect(source.calls).toHaveLength(2)
  source.calls[1]?.gate.resolve("second")
  expect(await second).toBe("second")
  await clock.settle()
  expect(source.calls).toHaveLength(3)
  source.calls[2]?.gate.resolve("third")
  expect(await third).toBe("third")
})

test("a lease that is granted after its asker has given up is given back", async () => {
  const { holdfast, clock } = testBed((store) =>
    overriding(store, {
      lease: async (address, request) => {
        await store.lease(address, request)
        throw new HoldfastError("COMMAND_TIMEOUT", "lost.")
      },
    }),
  )
  const cache = holdfast.cache({ name: "item", ...policy, load: async (_id: string) => "v" })
  expect(await cache.get("a")).toBe("v")
  await clock.settle()
  expect((await cache.explain("a")).lease).toBeUndefined()
})
