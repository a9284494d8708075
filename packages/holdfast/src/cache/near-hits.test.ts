import { expect, onTestFinished, test, vi } from "vitest"
import { nearTier } from "../near/near-tier.ts"
import { counting, testBed } from "./cache.fixture.ts"
import { ReadFigures } from "./read-figures.ts"
import type { HoldfastParts } from "./shared-parts.ts"

const hits = 50

/** A cache with a copy of one key, and what reading it asks of the clock and of the store. */
async function setup(parts: Partial<HoldfastParts>) {
  const { store, peer, clock, events } = testBed(undefined, { nearTier, ...parts })
  const counted = counting(store)
  const cache = peer(counted.store).cache({ name: "item", ttl: "60s", load: async (id: string) => `of ${id}` })
  await cache.get("a")
  await clock.settle()
  counted.count.reset()
  events.length = 0
  const timers = vi.spyOn(clock, "setTimeout")
  const looks = vi.spyOn(clock, "monotonic")
  return { cache, clock, events, calls: counted.count.calls, timers, looks }
}

test("a near hit sets no timer, asks the store nothing, and looks at the clock once", async () => {
  const { cache, clock, calls, timers, looks } = await setup({ report: undefined })
  const { pending } = clock
  for (let hit = 0; hit < hits; hit += 1) expect(await cache.get("a")).toBe("of a")
  expect(looks).toHaveBeenCalledTimes(hits)
  expect(timers).not.toHaveBeenCalled()
  expect(clock.pending).toBe(pending)
  expect([...calls]).toEqual([])
  expect(cache.stats()).toMatchObject({ nearHits: hits, reads: hits + 1 })
})

test("its promise is settled when the caller gets it", async () => {
  const { cache } = await setup({ report: undefined })
  const turns: string[] = []
  const hit = cache.get("a").then(() => turns.push("hit"))
  const turn = Promise.resolve().then(() => turns.push("one turn later"))
  await Promise.all([hit, turn])
  expect(turns).toEqual(["hit", "one turn later"])
})

test("an event of it is made only if somebody listens", async () => {
  const unheard = await setup({ report: undefined })
  const heard = await setup({})
  const made = vi.spyOn(ReadFigures.prototype, "reportNearHit")
  onTestFinished(() => made.mockRestore())
  for (let hit = 0; hit < hits; hit += 1) await unheard.cache.get("a")
  expect(made).not.toHaveBeenCalled()
  for (let hit = 0; hit < hits; hit += 1) await heard.cache.get("a")
  expect(heard.events).toHaveLength(hits)
  expect(heard.events[0]).toMatchObject({ name: "read", outcome: "near-hit", ms: 0 })
})
