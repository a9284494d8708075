import { expect, test } from "vitest"
import type { Loss } from "../contracts/losses.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { overriding, switchable, testBed } from "./cache.fixture.ts"

/** A process without caches whose store can lose something, and another one with a cache that has an entry. */
async function bed() {
  let lose: (loss: Loss) => void = () => {}
  const losses = { onLoss: (listener: typeof lose) => void (lose = listener) }
  const shared = testBed()
  let isAway = false
  const away = (): Error => new HoldfastError("STORE_UNAVAILABLE", "Away.")
  const worker = shared.peer(
    overriding(
      switchable(shared.memory, () => isAway, away),
      { losses },
    ),
  )
  let row = "old"
  const cache = shared.holdfast.cache({ name: "item", ttl: "1h", local: false, load: async (_id: string) => row })
  await cache.get("a")
  row = "new"
  return {
    ...shared,
    worker,
    cache,
    lose: (loss: Partial<Loss>) => lose({ ...nothing, ...loss }),
    goAway: (is: boolean) => void (isAway = is),
  }
}

const nothing: Loss = { node: { host: "h", port: 1 }, invalidations: [], isOpen: false, isAllLost: false }

test("what a process without caches has lost and forgotten is cleared in the caches of others", async () => {
  const { lose, cache, clock, events } = await bed()
  lose({ isOpen: true })
  expect(await cache.get("a")).toBe("old")
  await clock.advance(1500)
  expect(await cache.get("a")).toBe("new")
  expect(cache.stats().deadByTag).toBe(1)
  expect(events).toContainEqual({ name: "replay", node: nothing.node, keys: 0, tags: 0, cleared: 0 })
  expect(events).toContainEqual({ name: "replay-sweep", cleared: 1 })
})

test("what it remembers, and what everybody clears, costs no other cache anything", async () => {
  const { lose, cache, clock } = await bed()
  lose({ isAllLost: true })
  lose({})
  await clock.advance(120_000)
  expect(await cache.get("a")).toBe("old")
})

test("it is cleared once the store is there again, and all that waits for it is seen", async () => {
  const { lose, goAway, cache, clock, events } = await bed()
  goAway(true)
  lose({ isOpen: true })
  await clock.advance(600_000)
  const failed = events.filter((event) => event.name === "store-error" && event.operation === "sweep")
  expect(failed).toContainEqual(expect.objectContaining({ cache: undefined, code: "STORE_UNAVAILABLE" }))
  expect(failed.length).toBeLessThan(40)
  goAway(false)
  await clock.advance(62_000)
  expect(await cache.get("a")).toBe("new")
})

test("a process that closes neither waits for it nor goes on", async () => {
  const { lose, goAway, worker, clock, events } = await bed()
  goAway(true)
  lose({ isOpen: true })
  await clock.advance(1500)
  goAway(false)
  await worker.close()
  const pending = clock.pending
  await clock.advance(600_000)
  expect([clock.pending, events.filter(({ name }) => name === "replay-sweep")]).toEqual([pending, []])
})
