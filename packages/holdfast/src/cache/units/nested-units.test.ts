import { expect, test } from "vitest"
import { deferred } from "../../internal/deferred.ts"
import { testBed } from "../cache.fixture.ts"
import { gatedWork, recording } from "./unit.fixture.ts"
import type { Unit, UnitDelivery } from "./unit.ts"

const policy = { name: "item", ttl: "10m", jitter: "0%" } as const

function nestingBed() {
  let calls: string[] = []
  const bed = testBed((inner) => {
    const recorded = recording(inner)
    calls = recorded.calls
    return recorded.store
  })
  const load = async (id: string): Promise<string> => `loaded ${id}`
  const cache = bed.holdfast.cache({ ...policy, load })
  const strict = bed.holdfast.cache({ ...policy, name: "stock", consistency: "strict", load })
  const event = { publish: async (id: string) => calls.push(`publish ${id}`) }
  return { ...bed, calls, cache, strict, event }
}

test("a unit inside another one is sent with the outer one, once", async () => {
  const { holdfast, cache, event, calls } = nestingBed()
  const deliveries: UnitDelivery[] = []
  const onDelivery = (delivery: UnitDelivery): void => void deliveries.push(delivery)
  await holdfast.afterCommit(
    async (outer) => {
      outer.invalidate(cache, "a")
      outer.publish(event, "first")
      const inner = await holdfast.afterCommit(
        async (unit) => {
          unit.invalidate(cache, "a")
          unit.invalidate(cache, "b")
          unit.publish(event, "inner")
          return "of the inner"
        },
        { onDelivery },
      )
      expect(inner).toBe("of the inner")
      expect(calls).toEqual([])
      expect(deliveries).toEqual([])
      outer.publish(event, "outer")
    },
    { onDelivery },
  )
  const events = ["publish first", "publish inner", "publish outer"]
  expect(calls).toEqual(["invalidate test:{item:a}", "invalidate test:{item:b}", ...events])
  expect(deliveries).toEqual([
    { delivered: true, errors: [] },
    { delivered: true, errors: [] },
  ])
})

test("of an inner unit that throws, the keys are kept and the events are not; with drop nothing is", async () => {
  for (const [onThrow, told] of [
    ["invalidate", ["invalidate test:{item:b}"]],
    ["drop", []],
  ] as const) {
    const { holdfast, cache, event, calls } = nestingBed()
    await holdfast.afterCommit(async (outer) => {
      const savepoint = holdfast.afterCommit(
        (unit) => {
          unit.invalidate(cache, "b")
          unit.publish(event, "inner")
          throw new Error("to the savepoint")
        },
        { onThrow },
      )
      await expect(savepoint).rejects.toThrow("to the savepoint")
      expect(calls).toEqual([])
      outer.publish(event, "outer")
    })
    expect(calls).toEqual([...told, "publish outer"])
  }
})

test("if the outer work throws, the events of inner ones are dropped, too", async () => {
  const { holdfast, cache, event, calls } = nestingBed()
  const work = holdfast.afterCommit(async () => {
    await holdfast.afterCommit((unit) => {
      unit.invalidate(cache, "b")
      unit.publish(event, "inner")
    })
    throw new Error("rolled back")
  })
  await expect(work).rejects.toThrow("rolled back")
  expect(calls).toEqual(["invalidate test:{item:b}"])
})

test("a strict window of an inner unit stays open until the outer one has resolved", async () => {
  const { holdfast, strict, calls } = nestingBed()
  const window = "test:{stock:a}"
  await holdfast.afterCommit(async (outer) => {
    await holdfast.afterCommit(async (unit) => {
      unit.invalidate(strict, "a")
      await unit.opened()
    })
    expect(calls).toEqual([`openWindow ${window}`])
    outer.invalidate(strict, "a")
    await outer.opened()
  })
  expect(calls).toEqual([`openWindow ${window}`, `closeWindow ${window}`])
})

test("a key whose inner window was dropped gets one of the outer unit", async () => {
  const { holdfast, strict, calls } = nestingBed()
  const window = "test:{stock:a}"
  await holdfast.afterCommit(async (outer) => {
    const savepoint = holdfast.afterCommit(
      (unit) => {
        unit.invalidate(strict, "a")
        throw new Error("to the savepoint")
      },
      { onThrow: "drop" },
    )
    await expect(savepoint).rejects.toThrow("to the savepoint")
    outer.invalidate(strict, "a")
    await outer.opened()
  })
  expect(calls.filter((call) => call === `openWindow ${window}`)).toHaveLength(2)
  expect(calls.filter((call) => call === `closeWindow ${window}`)).toHaveLength(2)
})

test("the unit of an inner work has ended with it, and the outer one goes on", async () => {
  const { holdfast, cache, calls } = nestingBed()
  await holdfast.afterCommit(async (outer) => {
    let kept: Unit | undefined
    await holdfast.afterCommit((unit) => {
      kept = unit
    })
    expect(() => kept?.invalidate(cache, "a")).toThrow(expect.objectContaining({ code: "UNIT_ENDED" }))
    await expect(cache.invalidate("a")).rejects.toMatchObject({ code: "INSIDE_TRANSACTION" })
    outer.invalidate(cache, "b")
  })
  expect(calls).toEqual(["invalidate test:{item:b}"])
})

test("what begins in a unit and outlives it is sent by itself", async () => {
  const { holdfast, cache, calls } = nestingBed()
  const go = deferred<void>()
  let inner: Promise<void> = Promise.resolve()
  const { gate, done } = await gatedWork(holdfast, (outer) => {
    outer.invalidate(cache, "a")
    inner = holdfast.afterCommit(async (unit) => {
      unit.invalidate(cache, "b")
      await go.promise
    })
  })
  gate.resolve("committed")
  await done
  expect(calls).toEqual(["invalidate test:{item:a}"])
  go.resolve()
  await inner
  expect(calls).toEqual(["invalidate test:{item:a}", "invalidate test:{item:b}"])
})
