import { expect, test } from "vitest"
import { Dice } from "./dice.ts"
import { runUntil } from "./run-until.ts"
import { SimProcess } from "./sim-process.ts"
import { World } from "./world.ts"

test("events run in the order of time, and of planning where the time is the same", async () => {
  const world = new World(1)
  const dice = new Dice(1)
  const planned = Array.from({ length: 500 }, (_, id) => ({ id, atMs: Math.floor(dice.float() * 50) }))
  const ran: typeof planned = []
  for (const each of planned) world.at(each.atMs, undefined, () => ran.push(each))
  await runUntil(world, 2000)
  expect(ran).toEqual(planned.toSorted((a, b) => a.atMs - b.atMs || a.id - b.id))
})

test("time never goes backwards", async () => {
  const world = new World(1)
  world.at(-1, undefined, () => {})
  await expect(runUntil(world, 2000)).rejects.toThrow("never goes backwards")
})

test("all promises settle before the next event of a process", async () => {
  const world = new World(1)
  const process = new SimProcess(world, 0)
  const seen: string[] = []
  world.at(1, process, () => {
    void deep(40).then(() => seen.push("settled"))
  })
  world.at(1, process, () => seen.push("next"))
  await runUntil(world, 2000)
  expect(seen).toEqual(["settled", "next"])
})

test("what falls due in a paused process waits until it goes on, in the same order", async () => {
  const world = new World(1)
  const process = new SimProcess(world, 0)
  const seen: string[] = []
  const note = (what: string): number => seen.push(`${what} at ${world.nowMs}`)
  process.clock.setTimeout(() => note("first"), 10)
  const cancelled = process.clock.setTimeout(() => note("cancelled"), 15)
  process.clock.setTimeout(() => note("second"), 20)
  process.pausedUntilMs = 1100
  world.at(50, undefined, () => {
    note("another")
    process.clock.clearTimeout(cancelled)
  })
  await runUntil(world, 2000)
  expect(seen).toEqual(["another at 1050", "first at 1100", "second at 1100"])
  expect(process.timers).toBe(0)
})

test("nothing runs in a dead process", async () => {
  const world = new World(1)
  const process = new SimProcess(world, 0)
  let ran = false
  process.clock.setTimeout(() => {
    ran = true
  }, 10)
  process.isDead = true
  await runUntil(world, 2000)
  expect(ran).toBe(false)
})

async function deep(hops: number): Promise<void> {
  for (let hop = 0; hop < hops; hop += 1) await Promise.resolve()
}
