import { expect, test } from "vitest"
import { BatchPartialError } from "../../errors/batch-partial-error.ts"
import { gatedSource, testBed } from "../cache.fixture.ts"

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
