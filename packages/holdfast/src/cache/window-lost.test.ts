import { expect, test } from "vitest"
import { policy, settledBed, termMs } from "./strict.fixture.ts"
import { gatedWork } from "./units/unit.fixture.ts"
import type { UnitDelivery } from "./units/unit.ts"
import { deferred } from "../internal/deferred.ts"

const lost = { name: "window-lost", cache: policy.name, key: "test:{stock:a}", why: "term" } as const

test("a strict write that resolves after its window was lost is reported", async () => {
  const { cache, clock, events } = await settledBed()
  const gate = deferred<string>()
  const writing = cache.write("a", () => gate.promise)
  await clock.advance(termMs + 1)
  gate.resolve("v2")
  expect(await writing).toMatchObject({ delivered: true })
  expect(events).toContainEqual(lost)
})

test("so is a unit, which has it among its errors", async () => {
  const { holdfast, cache, clock, events } = await settledBed()
  const deliveries: UnitDelivery[] = []
  const options = { onDelivery: (delivery: UnitDelivery) => void deliveries.push(delivery) }
  const { unit, gate, done } = await gatedWork(holdfast, (begun) => begun.invalidate(cache, "a"), options)
  await unit.opened()
  await clock.advance(termMs + 1)
  gate.resolve("committed")
  expect(await done).toBe("committed")
  expect(deliveries).toEqual([{ delivered: true, errors: [expect.objectContaining({ code: "WINDOW_LOST" })] }])
  expect(events).toContainEqual(lost)
})

test("neither a write in time nor one that has thrown is", async () => {
  const { holdfast, cache, clock, events } = await settledBed()
  await cache.write("a", () => "v2")
  const gate = deferred<string>()
  const writing = cache.write("a", () => gate.promise)
  const unit = await gatedWork(holdfast, (begun) => begun.invalidate(cache, "a"))
  await unit.unit.opened()
  await clock.advance(termMs + 1)
  gate.reject(new Error("rolled back"))
  unit.gate.reject(new Error("rolled back"))
  await expect(writing).rejects.toThrow("rolled back")
  await expect(unit.done).rejects.toThrow("rolled back")
  await clock.advance(termMs * 10)
  expect(events.map(({ name }) => name)).not.toContain("window-lost")
})
