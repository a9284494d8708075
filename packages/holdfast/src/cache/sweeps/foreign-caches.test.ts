import { expect, test } from "vitest"
import type { KeySweep } from "../../contracts/key-scan.ts"
import type { HoldfastEvent } from "../../contracts/observer.ts"
import { HoldfastError } from "../../errors/holdfast-error.ts"
import { deferred, type Deferred } from "../../internal/deferred.ts"
import { memoryStore } from "../../stores/memory/memory-store.ts"
import { seededRandom } from "../../testing/seeded-random.ts"
import { virtualClock } from "../../testing/virtual-clock.ts"
import { overriding } from "../cache.fixture.ts"
import { ForeignCaches } from "./foreign-caches.ts"
import { Sweeper } from "./sweeper.ts"

/** Sweeps that the test ends one by one. */
function bed() {
  const clock = virtualClock()
  const sweeps: { readonly sweep: KeySweep; readonly end: Deferred<void> }[] = []
  const sweepKeys = (sweep: KeySweep): Promise<void> => {
    const end = deferred<void>()
    sweeps.push({ sweep, end })
    AbortSignal.any([sweep.signal]).addEventListener("abort", () => end.reject(sweep.signal.reason))
    return end.promise
  }
  const sweeper = new Sweeper("shop", overriding(memoryStore({ clock }), { sweepKeys }), clock)
  const events: HoldfastEvent[] = []
  const cleared: string[] = []
  const foreign = new ForeignCaches({
    sweeper,
    clock,
    random: seededRandom(3),
    clear: (name) => cleared.push(name),
    report: (event) => events.push(event),
  })
  return { clock, sweeps, sweeper, foreign, events, cleared }
}

function incomplete(reply?: string): HoldfastError {
  const cause = reply === undefined ? undefined : new HoldfastError("SERVER_REFUSED", "No.", { facts: { reply } })
  return new HoldfastError("SWEEP_INCOMPLETE", "It did not end.", cause && { cause })
}

test("each cache of the namespace that has a key in the store is cleared once, as soon as it is found", async () => {
  const { clock, sweeps, foreign, events, cleared } = bed()
  foreign.clear(["product"])
  await clock.advance(200)
  const { sweep, end } = sweeps[0]!
  expect(sweep.prefix).toBe("shop:{")
  const names = ["shop:{product:1}", "shop:{basket:1}", "shop:{basket:2}:ctl", "shop:{user:1}:cart:2:ctl"]
  await sweep.onKeys([...names, "shop:{clear#clock}", "shop:{tag#t}", "shop:{mark#0}:abc", "other:{price:1}"])
  expect(cleared).toEqual(["basket", "cart"])
  await sweep.onKeys(["shop:{user:1}:cart:2", "shop:{basket:1}"])
  expect([cleared.length, events.length]).toEqual([2, 0])
  end.resolve()
  await clock.advance(300_000)
  expect(events).toEqual([{ name: "replay-sweep", cleared: 2 }])
  expect(sweeps).toHaveLength(1)
})

test("a sweep that fails is made again, after waits that grow to a minute, and what was cleared stays so", async () => {
  const { clock, sweeps, foreign, events, cleared } = bed()
  foreign.clear([])
  const startedMs: number[] = []
  for (let at = 0; at < 14; at += 1) {
    while (sweeps.length === at) await clock.advance(50)
    startedMs.push(clock.monotonic())
    await sweeps[at]!.sweep.onKeys(["shop:{basket:1}"])
    sweeps[at]!.end.reject(incomplete("NOPERM"))
    await clock.settle()
  }
  const waitsMs = startedMs.slice(1).map((ms, at) => ms - startedMs[at]!)
  expect(waitsMs[0]).toBeLessThanOrEqual(450)
  expect(Math.max(...waitsMs)).toBeLessThanOrEqual(60_050)
  expect(waitsMs.at(-1)).toBeGreaterThanOrEqual(30_000)
  expect(cleared).toEqual(["basket"])
  const refused = { name: "store-error", cache: undefined, operation: "sweep", code: "SERVER_REFUSED", reply: "NOPERM" }
  expect(events).toEqual(startedMs.map(() => refused))
  await clock.advance(60_000)
  sweeps.at(-1)!.end.resolve()
  await clock.settle()
  expect(events.at(-1)).toEqual({ name: "replay-sweep", cleared: 0 })
})

test("a loss during a sweep is followed by another sweep, which clears again what the first had cleared", async () => {
  const { clock, sweeps, foreign, cleared } = bed()
  foreign.clear([])
  await clock.advance(200)
  await sweeps[0]!.sweep.onKeys(["shop:{basket:1}"])
  foreign.clear([])
  foreign.clear(["product"])
  await clock.advance(10_000)
  expect(sweeps).toHaveLength(1)
  sweeps[0]!.end.resolve()
  await clock.advance(200)
  expect(sweeps).toHaveLength(2)
  await sweeps[1]!.sweep.onKeys(["shop:{product:1}", "shop:{basket:1}"])
  sweeps[1]!.end.resolve()
  await clock.advance(300_000)
  expect([sweeps.length, cleared]).toEqual([2, ["basket", "basket"]])
})

test("a loss in the turn in which a sweep has ended, and one long after, begin anew", async () => {
  const { clock, sweeps, foreign, events } = bed()
  foreign.clear([])
  await clock.advance(200)
  sweeps[0]!.end.resolve()
  while (events.length === 0) await Promise.resolve()
  foreign.clear([])
  await clock.advance(200)
  expect(sweeps).toHaveLength(2)
  sweeps[1]!.end.resolve()
  await clock.advance(10_000)
  foreign.clear([])
  await clock.advance(200)
  expect(sweeps).toHaveLength(3)
})

test("it ends with Holdfast: sweeping, waiting, or not begun", async () => {
  for (const beginMs of [0, 200, 60_000]) {
    const { clock, sweeps, sweeper, foreign, events } = bed()
    foreign.clear([])
    await clock.advance(beginMs)
    if (beginMs === 60_000) sweeps[0]!.end.reject(incomplete())
    await clock.settle()
    const [begun, told] = [sweeps.length, events.length]
    sweeper.close()
    foreign.clear([])
    await clock.advance(300_000)
    expect([sweeps.length, events.length]).toEqual([begun, told])
    expect(clock.pending).toBe(0)
  }
})
