import { expect, test } from "vitest"
import type { Store } from "../contracts/store.ts"
import { EntryAddress } from "../entry/key.ts"
import { tagAddress } from "../entry/tag-address.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { counting, overriding, testBed, type TestBed } from "./cache.fixture.ts"

const policy = { ttl: "60s", jitter: "0%", local: false, index: true } as const

/** Whether the store still holds bytes for these keys. */
async function held({ memory }: TestBed, keys: readonly string[]): Promise<string[]> {
  const looks = await Promise.all(keys.map((key) => memory.look(new EntryAddress(`test:{item:${key}}`))))
  return keys.filter((_key, at) => looks[at] !== undefined)
}

test("the dead entries of a tag are freed, and nothing else", async () => {
  const bed = testBed()
  const { holdfast, clock } = bed
  const tags = (_value: unknown, id: string): string[] => (id.startsWith("other") ? ["other"] : ["t", "other"])
  const cache = holdfast.cache({ name: "item", ...policy, tags, load: async (id: string) => id })
  const keys = ["a", "b", "c", "other"]
  for (const key of keys) await cache.get(key)
  expect(await holdfast.reclaimTag("t")).toMatchObject({ freed: 0, left: 3 })
  await holdfast.invalidateTags(["t"])
  expect(await held(bed, keys)).toEqual(keys)
  await cache.get("b")
  expect(await holdfast.reclaimTag("t")).toEqual({ freed: 2, left: 1, complete: false })
  expect(await held(bed, keys)).toEqual(["b", "other"])
  expect(await cache.peek("b")).toBe("b")
  expect(await holdfast.reclaimTag("t")).toMatchObject({ freed: 0, left: 1 })
  await clock.advance(63_000)
  expect(await holdfast.reclaimTag("t")).toMatchObject({ freed: 0, left: 0 })
})

test("what was freed leaves the index, and an index without entries leaves the store", async () => {
  const { holdfast, memory, clock } = testBed()
  const cache = holdfast.cache({ name: "item", ...policy, tags: () => ["t"], load: async (id: number) => id })
  for (let id = 0; id < 10; id += 1, await clock.advance(1)) await cache.get(id)
  await holdfast.invalidateTags(["t"])
  expect(await holdfast.reclaimTag("t", { batch: 3 })).toMatchObject({ freed: 10, left: 0 })
  const page = await memory.tagIndex?.listedEntries(tagAddress("test", "t"), { afterMs: undefined, limit: 10 })
  expect(page).toMatchObject({ entries: [], birth: undefined })
})

test("it is complete once the index is, also while it empties it", async () => {
  const { holdfast, clock } = testBed()
  const cache = holdfast.cache({ name: "item", ...policy, tags: () => ["t"], load: async (id: number) => id })
  await cache.get(0)
  await clock.advance(50_000)
  for (let id = 1; id < 10; id += 1, await clock.advance(1)) await cache.get(id)
  await clock.advance(20_000)
  await holdfast.invalidateTags(["t"])
  expect(await holdfast.reclaimTag("t", { batch: 2 })).toEqual({ freed: 9, left: 0, complete: true })
})

test.each([
  ["that was lost", "lost"],
  ["of another era", "other-era"],
] as const)("the entries of a tag %s are freed, because it can only come back later than they are", async (_w, how) => {
  const bed = testBed()
  const { holdfast, memory } = bed
  const cache = holdfast.cache({ name: "item", ...policy, tags: () => ["t"], load: async (id: string) => id })
  const tag = tagAddress("test", "t")
  await cache.get("a")
  if (how === "other-era") await memory.invalidateTag(tag, { era: "f".repeat(32), counter: 1 })
  else memory.evict(tag.key)
  expect(await holdfast.reclaimTag("t")).toMatchObject({ freed: 0, left: 1 })
  await holdfast.invalidateTags(["elsewhere"])
  expect(await holdfast.reclaimTag("t")).toMatchObject({ freed: 1, left: 0 })
})

test("while a tag is half-made nothing is certain, and nothing is freed", async () => {
  const bed = testBed()
  const { holdfast, memory } = bed
  const cache = holdfast.cache({ name: "item", ...policy, tags: () => ["t"], load: async (id: string) => id })
  const tag = tagAddress("test", "t")
  await cache.get("a")
  memory.evict(tag.key)
  const { era } = await memory.readTagClock()
  await memory.beginTag(tag, { incarnation: "0".repeat(32), era, keepMs: 60_000 })
  const early = await memory.readTagClock()
  await holdfast.invalidateTags(["elsewhere"])
  expect(await holdfast.reclaimTag("t")).toEqual({ freed: 0, left: 1, complete: false })
  await memory.completeTag(tag, { incarnation: "0".repeat(32), clock: early, keepMs: 60_000 })
  expect(await cache.peek("a")).toBe("a")
})

test("a tag that is made while it is looked at kills none of the entries that it is made for", async () => {
  const bed = testBed()
  const options = { name: "item", ...policy, tags: () => ["t"], load: async (id: string) => id }
  const cache = bed.holdfast.cache(options)
  let meanwhile: (() => Promise<void>) | undefined = async () => {
    await cache.get("a")
    await bed.holdfast.invalidateTags(["elsewhere"])
  }
  const once = async <T>(answer: T): Promise<T> => {
    const first = meanwhile
    meanwhile = undefined
    await first?.()
    return answer
  }
  const through = overriding(bed.store, {
    readTagClock: async () => once(await bed.store.readTagClock()),
    lookTags: async (tags) => once(await bed.store.lookTags(tags)),
  })
  expect(await bed.peer(through).reclaimTag("t")).toMatchObject({ freed: 0, left: 1 })
  expect(await cache.peek("a")).toBe("a")
})

test("of two that free at one time neither takes off what was listed again after the other", async () => {
  const bed = testBed()
  const options = { name: "item", ...policy, tags: () => ["t"], load: async (id: string) => id }
  const cache = bed.holdfast.cache(options)
  for (const id of ["a", "b"]) await cache.get(id)
  await bed.holdfast.invalidateTags(["t"])
  const index = bed.memory.tagIndex as NonNullable<Store["tagIndex"]>
  let meanwhile: (() => Promise<unknown>) | undefined = async () => {
    await bed.holdfast.reclaimTag("t")
    await cache.get("a")
  }
  const tagIndex: NonNullable<Store["tagIndex"]> = {
    listedLife: (lifeMs) => index.listedLife(lifeMs),
    listEntries: (...given) => index.listEntries(...given),
    listedEntries: (...given) => index.listedEntries(...given),
    reclaim: (...given) => index.reclaim(...given),
    unlistEntries: async (...given) => {
      const first = meanwhile
      meanwhile = undefined
      await first?.()
      return index.unlistEntries(...given)
    },
  }
  await bed.peer(overriding(bed.store, { tagIndex })).reclaimTag("t")
  const keys: string[] = []
  for await (const { key } of bed.holdfast.listTag("t", { verify: true })) keys.push(key)
  expect(keys).toEqual(["a"])
})

test("a load that begins before and ends after it is stored and stays listed", async () => {
  const bed = testBed()
  const { holdfast } = bed
  let onFill: () => Promise<unknown> = async () => {}
  const through = overriding(bed.store, {
    fill: async (grant, entry) => {
      await onFill()
      return bed.store.fill(grant, entry)
    },
  })
  const there = bed.peer(through)
  const options = { name: "item", ...policy, tags: () => ["t"], load: async (id: string) => id }
  await holdfast.cache(options).get("a")
  const cache = there.cache(options)
  await holdfast.invalidateTags(["t"])
  // Listed and not stored yet: taking it off now would leave an entry that nobody lists.
  const answers: unknown[] = []
  onFill = async () => {
    answers.push(await holdfast.reclaimTag("t"), await holdfast.reclaimTag("t"))
  }
  await cache.get("a")
  expect(answers).toMatchObject([
    { freed: 1, left: 0 },
    { freed: 0, left: 1 },
  ])
  expect(await cache.peek("a")).toBe("a")
  const keys: string[] = []
  for await (const { key } of holdfast.listTag("t", { verify: true })) keys.push(key)
  expect(keys).toEqual(["a"])
})

test("it tells how far it is, and ends with its signal", async () => {
  const { holdfast, clock } = testBed()
  const cache = holdfast.cache({ name: "item", ...policy, tags: () => ["t"], load: async (id: number) => id })
  for (let id = 0; id < 10; id += 1, await clock.advance(1)) await cache.get(id)
  await holdfast.invalidateTags(["t"])
  const progress: unknown[] = []
  const controller = new AbortController()
  const reason = new Error("enough")
  const onProgress = (each: unknown): void => {
    if (progress.push(each) === 2) controller.abort(reason)
  }
  const reclaiming = holdfast.reclaimTag("t", { batch: 3, signal: controller.signal, onProgress })
  await expect(reclaiming).rejects.toBe(reason)
  expect(progress).toEqual([
    { freed: 3, left: 0 },
    { freed: 6, left: 0 },
  ])
  expect(await holdfast.reclaimTag("t")).toMatchObject({ freed: 4, left: 0 })
})

test("an entry that cannot be reached is left, with an event, and the others are freed", async () => {
  const bed = testBed()
  const options = { name: "item", ...policy, tags: () => ["t"], load: async (id: string) => id }
  const cache = bed.holdfast.cache(options)
  for (const id of ["a", "b", "c"]) await cache.get(id)
  await bed.holdfast.invalidateTags(["t"])
  const index = bed.memory.tagIndex as NonNullable<Store["tagIndex"]>
  const tagIndex: NonNullable<Store["tagIndex"]> = {
    listedLife: (lifeMs) => index.listedLife(lifeMs),
    listEntries: (...given) => index.listEntries(...given),
    listedEntries: (...given) => index.listedEntries(...given),
    unlistEntries: (...given) => index.unlistEntries(...given),
    reclaim: (address, request) =>
      address.value.includes(":b")
        ? Promise.reject(new HoldfastError("COMMAND_TIMEOUT", "away"))
        : index.reclaim(address, request),
  }
  const answer = await bed.peer(overriding(bed.store, { tagIndex })).reclaimTag("t")
  expect(answer).toMatchObject({ freed: 2, left: 1 })
  expect(bed.events).toContainEqual(
    expect.objectContaining({ name: "store-error", operation: "reclaim", cache: "item" }),
  )
  expect(await held(bed, ["a", "b", "c"])).toEqual(["b"])
})

test("a version goes on refusing older ones for as long as its cache guards against them", async () => {
  const { holdfast, clock } = testBed()
  let version = 5
  const cache = holdfast.cache({
    name: "item",
    ...policy,
    tags: () => ["t"],
    load: async (_id: string) => version,
    version: (value) => value,
    maxReplicaLag: "10s",
  })
  await cache.get("a")
  await holdfast.invalidateTags(["t"])
  expect(await holdfast.reclaimTag("t")).toMatchObject({ freed: 1 })
  version = 4
  expect(await cache.get("a")).toBe(4)
  expect(await cache.peek("a")).toBeUndefined()
  await clock.advance(10_001)
  await cache.get("a")
  expect(await cache.peek("a")).toBe(4)
})

test("freeing sends one command per entry and three per batch, whatever the store holds besides", async () => {
  const bed = testBed()
  const counted = counting(bed.store)
  const cache = bed.holdfast.cache({ name: "item", ...policy, tags: () => ["t"], load: async (id: number) => id })
  const other = bed.holdfast.cache({ name: "other", ...policy, tags: () => ["u"], load: async (id: number) => id })
  for (let id = 0; id < 100; id += 1, await bed.clock.advance(1)) {
    await cache.get(id)
    await other.get(id)
  }
  const there = bed.peer(counted.store)
  await bed.holdfast.invalidateTags(["t"])
  await there.reclaimTag("t", { batch: 50 })
  expect(Object.fromEntries(counted.count.calls)).toEqual({
    readTagClock: 1,
    lookTags: 2,
    listedEntries: 3,
    reclaim: 100,
    unlistEntries: 2,
    listedLife: 1,
  })
})
