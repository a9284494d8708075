import { expect, test } from "vitest"
import type { BaseCache } from "./cache-kinds.ts"
import { gatedSource } from "./cache.fixture.ts"
import { awayBed, type AwayBed } from "./outage.fixture.ts"

const policy = { name: "product", ttl: "60s", jitter: "0%" } as const

interface Tagged {
  readonly price: number
}

type Change = (cache: BaseCache<string, unknown>, bed: AwayBed) => Promise<unknown>

/** What this process can do to a key while the store is away. */
const changes: readonly [string, Change][] = [
  ["invalidate", (cache) => cache.invalidate("42")],
  ["an expiring invalidate", (cache) => cache.invalidate("42", { expire: true })],
  ["write", (cache) => cache.write("42", () => ({ price: 11 }))],
  ["a write that fails", (cache) => cache.write("42", () => Promise.reject(new Error("no"))).catch(() => {})],
  ["clear", (cache) => cache.clear()],
  ["invalidateTags", (_, { holdfast }) => holdfast.invalidateTags(["a"])],
]

test.each(changes)(
  "%s of this process is seen at once, and its key is read from the source from then on",
  async (_, change) => {
    const bed = awayBed()
    const { holdfast, load, leave, source, counts } = bed
    const cache = holdfast.cache({ ...policy, load, tags: () => ["a"] })
    leave()
    await cache.get("42")
    source.set("42", { price: 11 })
    await change(cache, bed)
    expect(await cache.get("42")).toEqual({ price: 11 })
    source.set("42", { price: 12 })
    expect(await cache.get("42")).toEqual({ price: 12 })
    expect(counts.loads).toBe(3)
  },
)

test.each(changes)("a load that was under way when %s began is not kept", async (_, change) => {
  const bed = awayBed()
  const { holdfast, clock, leave } = bed
  const { calls, load } = gatedSource<Tagged>()
  const cache = holdfast.cache({ ...policy, load, tags: () => ["a"] })
  leave()
  const before = cache.get("42")
  await clock.settle()
  await change(cache, bed)
  calls[0]?.gate.resolve({ price: 10 })
  await before
  const after = cache.get("42")
  await clock.settle()
  calls[1]?.gate.resolve({ price: 11 })
  expect(await after).toEqual({ price: 11 })
})

test("what is loaded while a write is under way is not served once it has ended", async () => {
  const { holdfast, clock, load, leave, source } = awayBed()
  const cache = holdfast.cache({ ...policy, load })
  const { calls, load: writer } = gatedSource<{ price: number }>()
  leave()
  const writing = cache.write("42", () => writer("42", { signal: new AbortController().signal }))
  await clock.settle()
  await cache.get("42")
  expect(cache.stats().near?.outageEntries).toBe(1)
  source.set("42", { price: 11 })
  calls[0]?.gate.resolve({ price: 11 })
  expect(await writing).toMatchObject({ delivered: false })
  expect(await cache.get("42")).toEqual({ price: 11 })
})

test("a put of this process drops what was loaded before", async () => {
  const { holdfast, load, leave } = awayBed()
  const cache = holdfast.cache<string, unknown>({ ...policy, load, version: () => 1 })
  leave()
  await cache.get("42")
  await cache.put("42", { price: 11 })
  expect(cache.stats().near?.outageEntries).toBe(0)
})

test("news of a change elsewhere drops it, of the key or of any tag", async () => {
  const { holdfast, clock, load, leave, coherence } = awayBed()
  const cache = holdfast.cache({ ...policy, load })
  leave()
  await cache.get("42")
  coherence.tell({ is: "key", key: "test:{product:42}" })
  expect(cache.stats().near?.outageEntries).toBe(0)
  await cache.get("42")
  coherence.tell({ is: "tag", key: "test:{#:a}", clock: { era: "e", counter: 1 } })
  expect(cache.stats().near?.outageEntries).toBe(0)
  await clock.settle()
})

test("what carries a tag whose invalidation waits is not kept, and the rest is", async () => {
  const { holdfast, load, leave, source, counts } = awayBed()
  const cache = holdfast.cache({ ...policy, load, tags: (value: unknown) => [(value as { tag: string }).tag] })
  source.set("42", { tag: "a" })
  source.set("7", { tag: "b" })
  leave()
  await holdfast.invalidateTags(["a"])
  await cache.getMany(["42", "7"])
  await cache.getMany(["42", "7"])
  expect(counts.loads).toBe(3)
})

test("the store learns of the change when it is back, and then both agree", async () => {
  const { holdfast, clock, load, leave, comeBack, source } = awayBed()
  const cache = holdfast.cache({ ...policy, load })
  leave()
  await cache.get("42")
  source.set("42", { price: 11 })
  expect(await cache.invalidate("42")).toEqual({ delivered: false })
  comeBack()
  await clock.advance(2000)
  expect((await holdfast.health()).undelivered).toBe(0)
  expect(await cache.get("42")).toEqual({ price: 11 })
})
