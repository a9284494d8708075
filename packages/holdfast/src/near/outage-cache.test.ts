import { expect, test } from "vitest"
import type { OutageEntry } from "../contracts/outage-cache.ts"
import { virtualClock } from "../testing/virtual-clock.ts"
import { isolation } from "./isolation.ts"
import { HeldCoherence } from "./near.fixture.ts"
import { BoundedOutageCache } from "./outage-cache.ts"

const key = "shop:{product:42}"
const here = { slot: 1 }

function setup(maxStalenessMs = 2000) {
  const clock = virtualClock()
  const coherence = new HeldCoherence()
  coherence.away = {}
  const options = { coherence, clock, maxStalenessMs, maxEntries: 12, maxBytes: 4000 }
  const cache = new BoundedOutageCache<unknown>(options, isolation("freeze"))
  const keep = (value: unknown, own: Partial<OutageEntry<unknown>> = {}, of = key): void => {
    const marker = cache.mark(of, [here])
    if (marker === undefined) return
    cache.keep(marker, { value, startedMs: clock.monotonic(), lifeMs: 60_000, bytes: 100, ...own })
    cache.end(marker)
  }
  return { clock, coherence, cache, keep, found: (of = key) => cache.find(of)?.value }
}

test("a value is found for a second from the beginning of its load, to the millisecond", async () => {
  const { clock, keep, found, cache } = setup()
  const startedMs = clock.monotonic()
  await clock.advance(300)
  keep("a", { startedMs })
  await clock.advance(699)
  expect(found()).toBe("a")
  await clock.advance(1)
  expect(found()).toBeUndefined()
  expect(cache.size).toBe(0)
})

test.each([
  ["maxStaleness", 200, {}],
  ["its own ttl", 2000, { lifeMs: 200 }],
])("and no longer than %s, if that is shorter", async (_, maxStalenessMs, own) => {
  const { clock, keep, found } = setup(maxStalenessMs)
  keep("a", own)
  await clock.advance(199)
  expect(found()).toBe("a")
  await clock.advance(1)
  expect(found()).toBeUndefined()
})

test("what a load has read that began before the one of the kept value does not take its place", async () => {
  const { clock, keep, found } = setup()
  const startedMs = clock.monotonic()
  await clock.advance(100)
  keep("new")
  keep("old", { startedMs })
  expect(found()).toBe("new")
  await clock.advance(100)
  keep("newer")
  expect(found()).toBe("newer")
})

test("what took longer to load than it may be served is not kept", async () => {
  const { clock, keep, cache } = setup()
  const startedMs = clock.monotonic()
  await clock.advance(1000)
  keep("a", { startedMs })
  expect(cache.size).toBe(0)
})

test("nothing is kept while the servers answer", () => {
  const { coherence, cache, keep } = setup()
  coherence.away = undefined
  expect(cache.mark(key, [here])).toBeUndefined()
  keep("a")
  expect(cache.size).toBe(0)
})

test("once its server has answered, a value is gone, in the next outage too", () => {
  const { coherence, keep, found } = setup()
  keep("a")
  coherence.away = undefined
  expect(found()).toBeUndefined()
  keep("b")
  coherence.away = {}
  expect(found()).toBeUndefined()
})

test("a new outage does not take over what the one before has left", () => {
  const { coherence, keep, found } = setup()
  keep("a")
  coherence.away = {}
  expect(found()).toBeUndefined()
})

test("what was loaded through the end of an outage is not kept", () => {
  const { clock, coherence, cache } = setup()
  const marker = cache.mark(key, [here])!
  coherence.away = {}
  cache.keep(marker, { value: "a", startedMs: clock.monotonic(), lifeMs: 1000, bytes: 1 })
  expect(cache.size).toBe(0)
})

test("of the servers that a read needs, one that is away is enough, and it is the one that must come back", () => {
  const { clock, coherence, cache, keep, found } = setup()
  const away: Record<number, object | undefined> = { 2: {} }
  coherence.outage = (of?: { readonly slot: number }) => away[of?.slot ?? 0]
  keep("a")
  expect(found()).toBeUndefined()
  const marker = cache.mark(key, [here, { slot: 2 }])!
  cache.keep(marker, { value: "a", startedMs: clock.monotonic(), lifeMs: 60_000, bytes: 1 })
  expect(found()).toBe("a")
  away[2] = undefined
  expect(found()).toBeUndefined()
})

test.each(["drop", "clear"] as const)("%s takes what is there, and what is on its way", (method) => {
  const { clock, cache, keep, found } = setup()
  keep("a")
  const before = cache.mark(key, [here])!
  if (method === "drop") cache.drop(key)
  else cache.clear()
  expect(found()).toBeUndefined()
  cache.keep(before, { value: "a", startedMs: clock.monotonic(), lifeMs: 1000, bytes: 1 })
  cache.end(before)
  expect(found()).toBeUndefined()
  keep("b")
  expect(found()).toBe("b")
})

test("an absence is kept as any value, and what can be neither frozen nor copied is not", () => {
  const { cache, keep } = setup()
  keep(undefined)
  expect(cache.find(key)).toMatchObject({ value: undefined, isCloned: false })
  keep(new URL("https://example.com"))
  expect(cache.find(key)).toMatchObject({ value: undefined })
  const date = new Date(0)
  keep({ date })
  expect(cache.find(key)).toMatchObject({ isCloned: true })
})

test("a quarter of the near cache's entries and bytes is for it, and the oldest leave", () => {
  const { cache, keep, found } = setup()
  for (const of of ["a", "b", "c", "d"]) keep(of, {}, of)
  expect(["a", "b", "c", "d"].map((of) => found(of))).toEqual([undefined, "b", "c", "d"])
  keep("large", { bytes: 901 }, "large")
  expect(["b", "c", "d", "large"].map((of) => found(of))).toEqual([undefined, undefined, undefined, "large"])
  keep("x", { bytes: 1001 }, "x")
  expect(found("x")).toBeUndefined()
  expect(cache.size).toBe(1)
  keep("small", { bytes: 1 }, "large")
  keep("e", { bytes: 999 }, "e")
  expect([found("large"), found("e")]).toEqual(["small", "e"])
})

test("nothing stays in memory that may not be served, and no timer without it", async () => {
  const { clock, cache, keep } = setup()
  const timers = clock.pending
  keep("a", {}, "a")
  await clock.advance(600)
  keep("b", {}, "b")
  expect(cache.size).toBe(2)
  await clock.advance(400)
  expect(cache.size).toBe(1)
  await clock.advance(1000)
  expect(cache.size).toBe(0)
  expect(clock.pending).toBe(timers)
  keep("c", {}, "c")
  cache.clear()
  expect(clock.pending).toBe(timers)
})
