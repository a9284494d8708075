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
