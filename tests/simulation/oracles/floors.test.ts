import { expect, test } from "vitest"
import { World } from "../world/world.ts"
import { Floors } from "./floors.ts"

const staysMs = 100

function floors(): { world: World; promised: Floors } {
  const world = new World(1)
  return { world, promised: new Floors(world, { keys: 2, processes: 2, staysMs }) }
}

test("a delivered change binds every process, an undelivered one its own", () => {
  const { promised } = floors()
  promised.acknowledge(0, 1, 5, false, promised.era)
  expect([promised.of(0, 1), promised.of(1, 1), promised.forStores(1)]).toEqual([5, 0, 0])
  promised.acknowledge(0, 1, 4, true, promised.era)
  expect([promised.of(0, 1), promised.of(1, 1), promised.forStores(1)]).toEqual([5, 4, 4])
  expect(promised.of(0, 0)).toBe(0)
})

test("what expired binds readers after its grace, and stores at once", () => {
  const { world, promised } = floors()
  promised.acknowledgeExpiry(0, 3, 50, promised.era)
  expect([promised.of(1, 0), promised.forStores(0)]).toEqual([0, 3])
  world.nowMs += 50
  expect(promised.of(1, 0)).toBe(3)
})

test("after a loss of state others are bound again once ttl and grace have passed, and a process by its own changes at once", () => {
  const { world, promised } = floors()
  promised.acknowledge(0, 0, 5, true, promised.era)
  const began = promised.era
  promised.stateLost(true)
  promised.acknowledge(0, 0, 6, true, began)
  expect([promised.of(0, 0), promised.of(1, 0)]).toEqual([5, 0])
  expect(promised.forStores(0)).toBe(5)
  promised.acknowledge(0, 0, 4, true, promised.era)
  expect(promised.of(1, 0)).toBe(4)
  world.nowMs += staysMs
  expect([promised.of(0, 0), promised.of(1, 0)]).toEqual([5, 5])
})

test("after a loss of state others are bound again by what a process has replayed", () => {
  const { promised } = floors()
  promised.acknowledge(0, 0, 5, true, promised.era)
  promised.acknowledge(1, 1, 3, true, promised.era)
  promised.stateLost(true)
  promised.replayed(0)
  expect([promised.of(1, 0), promised.of(0, 1)]).toEqual([5, 0])
  promised.replayed(1)
  expect(promised.of(0, 1)).toBe(3)
})

test("what was acknowledged before a split binds nobody after it until ttl and grace have passed", () => {
  const { world, promised } = floors()
  promised.acknowledge(0, 0, 5, true, promised.era)
  promised.splitBegan()
  promised.splitEnded()
  promised.stateLost(true)
  promised.replayed(0)
  expect([promised.of(0, 0), promised.of(1, 0)]).toEqual([0, 0])
  world.nowMs += staysMs
  expect([promised.of(0, 0), promised.of(1, 0)]).toEqual([5, 5])
})

test("where everybody clears, a loss of state takes no promise back, but to a process that was not there", () => {
  const world = new World(1)
  const promised = new Floors(world, { keys: 1, processes: 2, staysMs, clears: true })
  promised.acknowledge(0, 0, 5, true, promised.era)
  promised.stateLost(true)
  expect(promised.of(1, 0)).toBe(5)
  promised.stateLost(false)
  expect(promised.of(1, 0)).toBe(0)
})

test("a put is bound by what came before a loss once that has gone which the loss brought back", () => {
  const { world, promised } = floors()
  promised.acknowledge(0, 0, 5, true, promised.era)
  expect(promised.forPuts(0)).toBe(5)
  promised.stateLost(true)
  promised.acknowledge(0, 0, 4, true, promised.era)
  expect([promised.forStores(0), promised.forPuts(0)]).toEqual([5, 4])
  world.nowMs += staysMs
  expect(promised.forPuts(0)).toBe(5)
})

test("nothing is promised while there are two primaries", () => {
  const { promised } = floors()
  promised.splitBegan()
  promised.acknowledge(0, 0, 5, true, promised.era)
  expect([promised.of(0, 0), promised.forStores(0)]).toEqual([0, 0])
  promised.splitEnded()
  promised.acknowledge(0, 0, 6, true, promised.era)
  expect(promised.of(1, 0)).toBe(6)
})
