import { expect, test } from "vitest"
import { BatchPartialError } from "../../errors/batch-partial-error.ts"
import { counting, gatedSource, testBed } from "../cache.fixture.ts"
import type { EntryReference } from "./entry-reference.ts"

const policy = { ttl: "60s", jitter: "0%", local: false } as const
const group = (id: string): string => `user:${id}`

test("entries of several caches are read in their order, each loaded by its own cache and kept there", async () => {
  const { holdfast } = testBed()
  const names = holdfast.cache({ ...policy, name: "name", load: async (id: string) => `name of ${id}`, group })
  const ages = holdfast.cache({ ...policy, name: "age", load: async (id: string) => Number(id), group })
  const none = holdfast.cache({ ...policy, name: "none", load: async (_id: string): Promise<string | null> => null })
  const entries = [ages.entry("7"), names.entry("7"), none.entry("7"), ages.entry("8")] as const
  for (let round = 0; round < 2; round += 1) {
    expect(await holdfast.getTogether(entries)).toEqual([7, "name of 7", undefined, 8])
  }
  expect(ages.stats()).toMatchObject({ reads: 4, loads: 2, hits: 2 })
  expect(await holdfast.getTogether([])).toEqual([])
})

test("what could be read is told beside what could not, by position", async () => {
  const { holdfast } = testBed()
  const fails = async (_id: string): Promise<string> => Promise.reject(new Error("no source"))
  const good = holdfast.cache({ ...policy, name: "good", load: async (id: string) => id })
  const bad = holdfast.cache({ ...policy, name: "bad", load: fails })
  const reading = holdfast.getTogether([good.entry("a"), bad.entry("a"), good.entry("b")])
  const error: unknown = await reading.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(BatchPartialError)
  const { values, errors } = error as BatchPartialError
  expect([...values]).toEqual([
    [0, "a"],
    [2, "b"],
  ])
  expect([...errors]).toMatchObject([[1, { message: "no source" }]])
})

test("a caller who gives up is told so and not of a batch", async () => {
  const { holdfast, clock } = testBed()
  const cache = holdfast.cache({ ...policy, name: "slow", load: gatedSource<string>().load })
  const leaving = new AbortController()
  const left = holdfast.getTogether([cache.entry("a"), cache.entry("b")], { signal: leaving.signal })
  const late = holdfast.getTogether([cache.entry("a"), cache.entry("b")], { timeout: "1s" })
  const both = Promise.allSettled([left, late])
  await clock.settle()
  leaving.abort(new Error("enough"))
  await clock.advance(1000)
  expect(await both).toMatchObject([{ reason: { message: "enough" } }, { reason: { code: "CALL_TIMEOUT" } }])
})

test("an entry says where it lies", async () => {
  const { holdfast } = testBed()
  const grouped = holdfast.cache({ ...policy, name: "name", load: async (id: string) => id, group })
  const alone = holdfast.cache({ ...policy, name: "age", load: async (id: string) => id })
  const entry = grouped.entry("7")
  expect(entry).toMatchObject({ cache: "name", storeKey: "test:{user:7}:name:7", group: "user:7" })
  expect(entry.slot).toBe((await grouped.explain("7")).keys.slot)
  expect(alone.entry("7").group).toBeUndefined()
  expect(await entry.get()).toBe("7")
  expect(() => grouped.entry(undefined as never)).toThrow(expect.objectContaining({ code: "INVALID_KEY" }))
})

test.each([
  ["a text", () => "x"],
  ["a cache", (cache: object) => cache],
  ["what get answers", (cache: { get(key: string): unknown }) => cache.get("b")],
  ["a Map", () => new Map()],
  ["nothing", () => undefined],
])("what is no entry is refused before any is read: %s", async (_name, wrong) => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({ ...policy, name: "name", load: async (id: string) => id })
  const given = [cache.entry("a"), wrong(cache)] as readonly EntryReference<string>[]
  const { reads } = cache.stats()
  await expect(holdfast.getTogether(given)).rejects.toMatchObject({
    code: "INVALID_OPTION",
    retryable: false,
    message: expect.stringMatching(/`entries` holds no entry at position 1.*`cache.entry\(key\)`/),
  })
  expect(cache.stats().reads).toBe(reads)
})

test.each([undefined, null, "ab", new Set(), { length: 1 }])("what is no array is refused: %o", async (wrong) => {
  const { holdfast } = testBed()
  await expect(holdfast.getTogether(wrong as never)).rejects.toMatchObject({
    code: "INVALID_OPTION",
    message: expect.stringContaining("must be an array of entries"),
  })
})

test("limits that are none are refused as such, and who has left before is told so, even of no entries", async () => {
  const { holdfast } = testBed()
  const cache = holdfast.cache({ ...policy, name: "name", load: async (id: string) => id })
  const left = AbortSignal.abort(new Error("enough"))
  for (const entries of [[], [cache.entry("a")]]) {
    const wrong = holdfast.getTogether(entries, { timeout: 5 as never })
    await expect(wrong).rejects.toMatchObject({ code: "INVALID_DURATION" })
    await expect(holdfast.getTogether(entries, { signal: left })).rejects.toThrow("enough")
  }
  expect(cache.stats().reads).toBe(0)
})

test("a timeout that a loader has met is one of the errors, and not that of this call", async () => {
  const { holdfast, clock } = testBed()
  const slow = holdfast.cache({ ...policy, name: "slow", load: gatedSource<string>().load })
  const name = holdfast.cache({ ...policy, name: "name", load: async (id: string) => slow.get(id, { timeout: "1s" }) })
  const good = holdfast.cache({ ...policy, name: "good", load: async (id: string) => id })
  const reading = holdfast.getTogether([name.entry("a"), good.entry("a")], { timeout: "5s" })
  const [told] = await Promise.all([reading.catch((reason: unknown) => reason), clock.advance(1000)])
  expect(told).toMatchObject({ code: "BATCH_PARTIAL", values: new Map([[1, "a"]]) })
})

test("an entry that is named twice is asked for once", async () => {
  let count: ReturnType<typeof counting>["count"] | undefined
  const { holdfast } = testBed((store) => {
    const counted = counting(store)
    count = counted.count
    return counted.store
  })
  let loads = 0
  const cache = holdfast.cache({ ...policy, name: "name", load: async (id: string) => `${id}${(loads += 1)}` })
  const entries = [cache.entry("a"), cache.entry("a"), cache.entry("a")]
  expect(await holdfast.getTogether(entries)).toEqual(["a1", "a1", "a1"])
  count?.reset()
  expect(await holdfast.getTogether(entries)).toEqual(["a1", "a1", "a1"])
  expect(count?.calls.get("look")).toBe(1)
})

test("entries of another Holdfast are asked for there, and what is closed is told beside the others", async () => {
  const { holdfast, peer } = testBed()
  const other = peer()
  const here = holdfast.cache({ ...policy, name: "here", load: async (id: string) => `here ${id}` })
  const there = other.cache({ ...policy, name: "there", load: async (id: string) => `there ${id}` })
  const entries = [here.entry("a"), there.entry("a")] as const
  expect(await holdfast.getTogether(entries)).toEqual(["here a", "there a"])
  await other.close()
  await expect(other.getTogether([])).rejects.toMatchObject({ code: "CLOSED" })
  await expect(holdfast.getTogether(entries)).rejects.toMatchObject({
    code: "BATCH_PARTIAL",
    retryable: false,
    values: new Map([[0, "here a"]]),
    errors: new Map([[1, expect.objectContaining({ code: "CLOSED" })]]),
  })
})

test("many entries under one signal are no leak of listeners, and loads that nobody waits for any more are ended", async () => {
  const warnings: Error[] = []
  const warned = (warning: Error): void => void warnings.push(warning)
  process.on("warning", warned)
  try {
    const { holdfast, clock } = testBed()
    const source = gatedSource<string>()
    const cache = holdfast.cache({ ...policy, name: "slow", load: source.load })
    const leaving = new AbortController()
    const keys = Array.from({ length: 30 }, (_, at) => `k${at}`)
    const reading = holdfast.getTogether(
      keys.map((key) => cache.entry(key)),
      { signal: leaving.signal, timeout: "1m" },
    )
    const told = reading.catch((reason: unknown) => reason)
    await clock.settle()
    leaving.abort(new Error("enough"))
    expect(await told).toMatchObject({ message: "enough" })
    await new Promise(setImmediate)
    expect(warnings).toEqual([])
    expect(source.calls.map(({ signal }) => signal.aborted)).toEqual(keys.map(() => true))
  } finally {
    process.off("warning", warned)
  }
})
