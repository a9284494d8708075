import { expect, test } from "vitest"
import type { InvalidateRequest, Store } from "../contracts/store.ts"
import { entryAddress, type EntryAddress } from "../entry/key.ts"
import { tagAddress, type TagAddress } from "../entry/tag-address.ts"
import { HoldfastError } from "../errors/holdfast-error.ts"
import { deferred, type Deferred } from "../internal/deferred.ts"
import { memoryStore } from "../stores/memory/memory-store.ts"
import { seededRandom } from "../testing/seeded-random.ts"
import { virtualClock, type VirtualClock } from "../testing/virtual-clock.ts"
import { overriding } from "./cache.fixture.ts"
import { Journal } from "./journal.ts"

const request: InvalidateRequest = { mode: "drop", version: undefined, tombstoneMs: 1000, graceMs: 0 }

interface Bed {
  readonly clock: VirtualClock
  readonly journal: Journal
  readonly told: string[]
}

/** A journal whose store refuses every key that contains "bad". */
function bed(): Bed {
  const clock = virtualClock()
  const told: string[] = []
  const store: Store = overriding(memoryStore({ clock }), {
    invalidate: async ({ value }) => {
      if (value.includes("bad")) throw new HoldfastError("SERVER_REFUSED", "NOPERM.")
      told.push(value)
    },
  })
  const journal = new Journal({
    store,
    tellTags: async () => [],
    clock,
    random: seededRandom(1),
    limit: 1000,
    report: undefined,
  })
  return { clock, journal, told }
}

const keys = (kind: string, count: number): EntryAddress[] =>
  Array.from({ length: count }, (_, n) => entryAddress("test", "item", `${kind}${n}`))

test("keys that the store refuses do not keep the others from being delivered", async () => {
  const { clock, journal, told } = bed()
  for (const address of [...keys("bad", 100), ...keys("good", 100)]) journal.add(address, request)
  await clock.advance(20_000)
  expect(told).toHaveLength(100)
  expect(journal.size).toBe(100)
})

test("two invalidations of one key that wait are told as one: drop beats expire, the highest version and the shortest grace win", async () => {
  const clock = virtualClock()
  const told: InvalidateRequest[] = []
  const store = overriding(memoryStore({ clock }), {
    invalidate: async (_address, merged) => void told.push(merged),
  })
  const journal = new Journal({
    store,
    tellTags: async () => [],
    clock,
    random: seededRandom(1),
    limit: 1,
    report: undefined,
  })
  const [address] = keys("good", 1) as [EntryAddress]
  journal.add(address, { mode: "drop", version: "9", tombstoneMs: 5000, graceMs: 700 })
  journal.add(address, { mode: "expire", version: "8", tombstoneMs: 1000, graceMs: 300 })
  await clock.advance(1000)
  expect(told).toEqual([{ mode: "drop", version: "9", tombstoneMs: 5000, graceMs: 300 }])
  expect(journal.size).toBe(0)
})

test("close tries every key once, whatever becomes of the others", async () => {
  const { clock, journal, told } = bed()
  for (const address of [...keys("bad", 70), ...keys("good", 70)]) journal.add(address, request)
  await journal.close(clock.monotonic())
  expect(journal.size).toBe(70)
  expect(told).toHaveLength(70)
})

test("an invalidation of a tag that comes while the same tag is told is told once more", async () => {
  const clock = virtualClock()
  const tag = tagAddress("test", "t")
  const store = memoryStore({ clock })
  const tellings: Deferred<readonly TagAddress[]>[] = []
  const tellTags = (): Promise<readonly TagAddress[]> => {
    const telling = deferred<readonly TagAddress[]>()
    tellings.push(telling)
    return telling.promise
  }
  const journal = new Journal({ store, tellTags, clock, random: seededRandom(1), limit: 9, report: undefined })
  journal.addTag(tag)
  await clock.advance(1000)
  journal.addTag(tag)
  tellings[0]?.resolve([])
  await clock.settle()
  expect(journal.holds(tag.key)).toBe(true)
  await clock.advance(2000)
  tellings[1]?.resolve([])
  await clock.settle()
  expect(journal.size).toBe(0)
})

test("after close nothing is promised to be delivered later", async () => {
  const { journal } = bed()
  await journal.close(0)
  expect(() => keys("good", 1).forEach((address) => journal.add(address, request))).toThrow(
    expect.objectContaining({ code: "CLOSED" }),
  )
})
