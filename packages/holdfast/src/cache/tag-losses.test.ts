import { expect, test } from "vitest"
import { sealEnvelope, shapeOf } from "../entry/envelope.ts"
import { entryAddress } from "../entry/key.ts"
import { clearTagAddress, tagAddress, tagClockAddress } from "../entry/tag-address.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { gatedSource, overriding, testBed, unheard, type TestBed } from "./cache.fixture.ts"

const policy = { ttl: "60s", jitter: "0%", local: false } as const
const address = entryAddress("test", "item", "a")
const keys = {
  tag: tagAddress("test", "t").key,
  clear: clearTagAddress("test", "item").key,
  clock: tagClockAddress("test").key,
}

interface Scene extends TestBed {
  readonly cache: { get(key: string): Promise<number | undefined>; stats(): { loads: number; fills: number } }
}

/** A cache whose loads are numbered. */
function scene(bed: TestBed = testBed(unheard)): Scene {
  let loads = 0
  const load = async (_id: string): Promise<number> => (loads += 1)
  return { ...bed, cache: bed.holdfast.cache({ name: "item", ...policy, load, tags: () => ["t"] }) }
}

test.each([
  ["its tag", [keys.tag]],
  ["the tag of its cache", [keys.clear]],
  ["both tags", [keys.tag, keys.clear]],
])("an entry is a miss when %s was evicted, and is kept again after the next load", async (_what, evicted) => {
  const { cache, memory } = scene()
  await cache.get("a")
  for (const key of evicted) memory.evict(key)
  expect(await cache.get("a")).toBe(2)
  expect(await cache.get("a")).toBe(2)
})

test("the entry itself is not enough after everything else has been lost, and caching goes on", async () => {
  const { cache, memory, peer } = scene()
  await cache.get("a")
  for (const key of Object.values(keys)) memory.evict(key)
  await peer().invalidateTags(["t"])
  expect(await cache.get("a")).toBe(2)
  expect(await cache.get("a")).toBe(2)
})

test("an invalidation after the clock was lost kills entries of the era before", async () => {
  const { cache, memory, peer } = scene()
  await cache.get("a")
  memory.evict(keys.clock)
  expect(await cache.get("a")).toBe(1)
  await peer().invalidateTags(["t"])
  expect(await cache.get("a")).toBe(2)
})

test("within two loads entries are kept again in a new era, by a process that knew the old one", async () => {
  const { cache, memory } = scene()
  await cache.get("a")
  for (const key of Object.values(keys)) memory.evict(key)
  memory.evict(address.value)
  await cache.get("a")
  const kept = await cache.get("a")
  expect(await cache.get("a")).toBe(kept)
  expect(cache.stats().loads).toBeLessThanOrEqual(3)
})

test("tags of an era that is gone are made anew, by a process that remembers that they are there", async () => {
  const { cache, memory, clock } = scene()
  await cache.get("a")
  memory.evict(keys.clock)
  memory.evict(address.value)
  // Until nobody uses the clock of before any more.
  await clock.advance(1500)
  await cache.get("a")
  const kept = await cache.get("a")
  expect(await cache.get("a")).toBe(kept)
})

test("a process that knows an older clock fills again after its next load", async () => {
  const { holdfast, cache, peer } = scene()
  await cache.get("a")
  const other = peer()
  await other.invalidateTags(["unrelated"])
  await other.invalidateTags(["t"])
  expect(await cache.get("a")).toBe(2)
  expect(await cache.get("a")).toBe(2)
  expect(holdfast.advise()).toHaveLength(1)
})

test("a tag that is made after the clock that a load has recorded keeps its entry out, and the next load gets in", async () => {
  const { holdfast, peer, events } = testBed(unheard)
  let loads = 0
  const load = async (_id: string): Promise<number> => (loads += 1)
  const cache = holdfast.cache({ name: "item", ...policy, load, tags: (_value, id) => [id] })
  await cache.get("b")
  await peer().invalidateTags(["unrelated"])
  expect(await cache.get("a")).toBe(2)
  expect(events).toContainEqual(expect.objectContaining({ name: "fill", answer: "outdated" }))
  expect(await cache.get("a")).toBe(3)
  expect(await cache.get("a")).toBe(3)
})

test("an entry that has recorded no clock is a miss", async () => {
  const { cache, store } = scene()
  const lease = await store.lease(address, { token: "0".repeat(32), leaseMs: 1000, rejected: undefined })
  if (lease.is !== "win") throw new Error(lease.is)
  const times = { createdMs: 0, freshUntilMs: store.now(address) + 60_000, costUs: 0 }
  const fields = { address, id: "0".repeat(32), shape: shapeOf("json", undefined), version: undefined, negative: false }
  await store.fill(lease.grant, { bytes: sealEnvelope({ ...fields, ...times }, "77"), keepMs: 60_000 })
  expect(await cache.get("a")).toBe(1)
})

const away = (): Error => new HoldfastError("COMMAND_TIMEOUT", "off.")

test("while tags cannot be read the source answers, and nothing is stored", async () => {
  let isOff = false
  const { cache, events } = scene(
    testBed((store) =>
      overriding(store, { lookTags: (tags) => (isOff ? Promise.reject(away()) : store.lookTags(tags)) }),
    ),
  )
  await cache.get("a")
  isOff = true
  expect(await cache.get("a")).toBe(2)
  expect(await cache.get("a")).toBe(3)
  expect(cache.stats().fills).toBe(1)
  expect(events).toContainEqual(expect.objectContaining({ name: "store-error", operation: "look-tag" }))
  isOff = false
  expect(await cache.get("a")).toBe(1)
})

test.each(["readTagClock", "beginTag", "completeTag"] as const)(
  "while %s fails a load is served and not kept, and its lease is given back",
  async (method) => {
    let isOff = true
    const { cache, store, memory } = scene(
      testBed((inner) => {
        const fail = async (): Promise<never> => {
          throw away()
        }
        return new Proxy(inner, {
          get: (target, name) => {
            const member: unknown = Reflect.get(target, name)
            if (name === method && isOff) return fail
            return typeof member === "function" ? member.bind(target) : member
          },
        })
      }),
    )
    expect(await cache.get("a")).toBe(1)
    expect((await store.inspect(address)).lease).toBeUndefined()
    expect(await memory.look(address)).toBeUndefined()
    isOff = false
    expect(await cache.get("a")).toBe(2)
    expect(await cache.get("a")).toBe(2)
  },
)

test("a tag outlives the entries that follow the one it was made for", async () => {
  const { cache, clock, memory } = scene()
  await cache.get("a")
  await clock.advance(59_000)
  await cache.get("b")
  await clock.advance(59_000)
  expect(await memory.lookTags([tagAddress("test", "t")])).toMatchObject([{ is: "complete" }])
  expect(await cache.get("b")).toBe(2)
})

test("a tag outlives entries that live longer by being read", async () => {
  const { holdfast, clock } = testBed()
  let loads = 0
  const load = async (_id: string): Promise<number> => (loads += 1)
  const sliding = { absoluteTtl: "60m" } as const
  const cache = holdfast.cache({ name: "item", ...policy, ttl: "60s", sliding, load, tags: () => ["t"] })
  for (let minute = 0; minute < 70; minute += 1) {
    expect(await cache.get("a")).toBe(minute < 60 ? 1 : 2)
    await clock.advance(30_000)
    await cache.get("a")
    await clock.advance(30_000)
  }
})

test("a tag is prolonged for an entry that would outlive it", async () => {
  const { cache, clock } = scene()
  await cache.get("a")
  await clock.advance(61_000)
  await cache.get("b")
  await clock.advance(59_500)
  expect(await cache.get("b")).toBe(2)
})

test("a load of an era that is gone does not unmake the tags that others have made in the present one", async () => {
  const { holdfast, peer, clock, memory } = testBed(unheard)
  const source = gatedSource<string>()
  const tags = (_value: string | undefined, id: string): string[] => (id === "b" ? [] : ["t"])
  const cache = holdfast.cache({ name: "item", ...policy, load: source.load, tags })
  const other = peer().cache({ name: "item", ...policy, load: async (id: string) => id, tags })
  const early = cache.get("a")
  await clock.settle()
  for (const key of Object.values(keys)) memory.evict(key)
  await clock.advance(1500)
  const present = cache.get("b")
  await clock.settle()
  source.calls[1]?.gate.resolve("b")
  await present
  await other.get("c")
  await peer().invalidateTags(["unrelated"])
  source.calls[0]?.gate.resolve("a")
  await early
  await other.get("c")
  expect(other.stats().hits).toBe(1)
})
