import { AsyncLocalStorage } from "node:async_hooks"
import { expect, test, vi } from "vitest"
import { glob } from "../../entry/glob.ts"
import { deferred } from "../../internal/deferred.ts"
import { testBed } from "../cache.fixture.ts"
import type { ReadThroughCache } from "../cache-kinds.ts"
import { UnitContext } from "./unit-context.ts"

const policy = { name: "item", ttl: "10m", jitter: "0%" } as const
const load = async (id: string): Promise<string> => `loaded ${id}`

test("what would change the cache before the commit is refused, and the error says what to call instead", async () => {
  const { holdfast, events } = testBed()
  const cache = holdfast.cache({ ...policy, load })
  const manual = holdfast.cache<string, string>({ ...policy, name: "manual" })
  let written = 0
  const calls = {
    invalidate: () => cache.invalidate("a"),
    "invalidateTags ": () => holdfast.invalidateTags(["red"]),
    "invalidateGroup ": () => holdfast.invalidateGroup("user:7"),
    clear: () => cache.clear(),
    "write ": () => cache.write("a", () => `${(written += 1)}`),
    writeMany: () => cache.writeMany(["a"], () => new Map([["a", `${(written += 1)}`]])),
    put: () => manual.put("a", "uncommitted"),
    "invalidatePattern of": () => cache.invalidatePattern(glob`a*`),
    "invalidatePattern ": () => holdfast.invalidatePattern(glob`item:a*`),
  }
  await holdfast.afterCommit(async () => {
    for (const [name, call] of Object.entries(calls)) {
      const refused = expect.objectContaining({
        code: "INSIDE_TRANSACTION",
        message: expect.stringMatching(/Call .*`(unit\.\w+|afterCommit)`|call `unit\.\w+`/),
        facts: { call: name.split(" ")[0] },
      })
      await expect(call(), name).rejects.toEqual(refused)
    }
    expect(await cache.get("a")).toBe("loaded a")
    await cache.refresh("a")
    await cache.invalidatePattern(glob`a*`, { dryRun: true })
  })
  expect(written).toBe(0)
  expect(events.filter(({ name }) => name.startsWith("invalidate"))).toEqual([])
  await Promise.all(Object.values(calls).map((call) => call()))
})

test("a load that a unit happens to start is outside it, whoever joins it", async () => {
  const { holdfast, clock } = testBed()
  const prices = holdfast.cache<string, string>({ ...policy, name: "price" })
  const gate = deferred<void>()
  const both = async (id: string): Promise<string> => {
    await prices.put(id, "1 euro")
    await gate.promise
    return "chair"
  }
  const products: ReadThroughCache<string, string> = holdfast.cache({
    ...policy,
    load: both,
    loadMany: async (ids: readonly string[]) =>
      new Map(await Promise.all(ids.map(async (id) => [id, await both(id)] as const))),
  })
  const inside = holdfast.afterCommit(() => Promise.all([products.get("a"), products.getMany(["b", "c"])]))
  await clock.settle()
  const outside = products.get("a")
  gate.resolve()
  expect(await inside).toEqual(["chair", ["chair", "chair"]])
  expect(await outside).toBe("chair")
})

test("a task that outlives its unit may do what it likes", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({ ...policy, load })
  const go = deferred<void>()
  let left: Promise<unknown> = Promise.resolve()
  await holdfast.afterCommit(() => {
    left = go.promise.then(() => cache.invalidate("a"))
  })
  go.resolve()
  expect(await left).toEqual({ delivered: true })
})

test("code beside a unit is not inside it", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({ ...policy, load })
  const gate = deferred<void>()
  const working = holdfast.afterCommit(() => gate.promise)
  expect(await cache.invalidate("a")).toEqual({ delivered: true })
  gate.resolve()
  await working
})

test("events are published and listeners called outside of the unit", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({ ...policy, load })
  const results: unknown[] = []
  const record = async (): Promise<void> => void results.push(await cache.invalidate("a"))
  await holdfast.afterCommit((unit) => unit.publish({ publish: record }, undefined), {
    onDelivery: () => {
      results.push("told")
    },
  })
  expect(results).toEqual([{ delivered: true }, "told"])
})

test("nothing is followed before the first unit", () => {
  const context = new UnitContext()
  expect(context.current()).toBeUndefined()
  expect(context.outside(() => 7)).toBe(7)
  expect(() => context.assertOutside("invalidate")).not.toThrow()
})

test("many Holdfasts follow one context, since each one more would cost every promise of the process", () => {
  const storages = vi.spyOn(AsyncLocalStorage.prototype, "run")
  const unit = { isOpen: true, parent: undefined }
  for (let times = 0; times < 3; times += 1) new UnitContext().run(unit, () => {})
  expect(storages).toHaveBeenCalledTimes(3)
  expect(new Set(storages.mock.contexts).size).toBe(1)
  storages.mockRestore()
})

test("a unit of one Holdfast within that of another is in both, and leaving one is not leaving the other", () => {
  const [shop, stock] = [new UnitContext(), new UnitContext()]
  const [sale, count] = [
    { isOpen: true, parent: undefined },
    { isOpen: true, parent: undefined },
  ]
  shop.run(sale, () =>
    stock.run(count, () => {
      expect([shop.current(), stock.current()]).toEqual([sale, count])
      stock.outside(() => expect([shop.current(), stock.current()]).toEqual([sale, undefined]))
      shop.outside(() => expect([shop.current(), stock.current()]).toEqual([undefined, count]))
    }),
  )
  expect(shop.current()).toBeUndefined()
})
