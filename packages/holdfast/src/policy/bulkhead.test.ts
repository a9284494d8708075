import { expect, test } from "vitest"
import { bulkhead, type Leave } from "./bulkhead.ts"

test("places are given up to the limit, then in order of asking, and a place given back twice counts once", async () => {
  const places = bulkhead(1)
  const leave = places.enter() as Leave
  const order: number[] = []
  const waiting = [1, 2].map(async (n) => {
    const next = await places.enter()
    order.push(n)
    return next
  })
  expect(places.waiting).toBe(2)
  leave()
  leave()
  const second = await waiting[0]
  expect(order).toEqual([1])
  expect(places.active).toBe(1)
  second?.()
  await waiting[1]
  expect(order).toEqual([1, 2])
})

test("who comes while others are let in comes after them", async () => {
  const places = bulkhead(1)
  const first = places.enter() as Leave
  const order: number[] = []
  const come = (n: number): void =>
    void Promise.resolve(places.enter()).then((leave) => {
      order.push(n)
      if (n < 3) come(n + 3)
      leave()
    }, expect.unreachable)
  for (const n of [0, 1, 2]) come(n)
  first()
  for (let turn = 0; turn < 50 && places.active > 0; turn += 1) await Promise.resolve()
  expect(order).toEqual([0, 1, 2, 3, 4, 5])
  expect([places.active, places.waiting]).toEqual([0, 0])
})
