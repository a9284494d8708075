import { expect, test } from "vitest"
import type { TagClock, TagRecord } from "../../contracts/tag-store.ts"
import { clearTagAddress } from "../../entry/tag-address.ts"
import { deferred, type Deferred } from "../../internal/deferred.ts"
import { memoryStore } from "../../stores/memory/memory-store.ts"
import { seededRandom } from "../../testing/seeded-random.ts"
import { virtualClock, type VirtualClock } from "../../testing/virtual-clock.ts"
import { overriding } from "../cache.fixture.ts"
import { scriptedCoherence, type ScriptedCoherence } from "./coherence.fixture.ts"
import { KnownTag } from "./known-tag.ts"
import { TagTable } from "./tag-table.ts"

const maxStalenessMs = 2000
const era = "a".repeat(32)
const otherEra = "b".repeat(32)
const at = (counter: number, of = era): TagClock => ({ era: of, counter })
const tag = clearTagAddress("test", "item")

interface Bed {
  readonly clock: VirtualClock
  readonly coherence: ScriptedCoherence
  readonly table: TagTable
  /** The looks that were sent, each of which the test answers. */
  readonly looks: Deferred<TagRecord>[]
  known(): KnownTag | undefined
  /** Looks at the tag and answers with this counter, once `meanwhile` has happened. */
  look(counter: number, meanwhile?: () => void): Promise<void>
}

function bed(limit = 10): Bed {
  const clock = virtualClock()
  const coherence = scriptedCoherence(clock.monotonic())
  const looks: Deferred<TagRecord>[] = []
  const store = overriding(memoryStore({ clock, random: seededRandom(1) }), {
    lookTags: async () => {
      const look = deferred<TagRecord>()
      looks.push(look)
      return [await look.promise]
    },
  })
  const table = new TagTable({ namespace: "test", store, clock, coherence, limit })
  return {
    clock,
    coherence,
    table,
    looks,
    known: () => table.known.find(tag.key, clock.monotonic(), maxStalenessMs),
    look: async (counter, meanwhile) => {
      const looking = table.look(tag, maxStalenessMs)
      await clock.settle()
      meanwhile?.()
      looks.at(-1)?.resolve({ is: "complete", clock: at(counter) })
      await looking
    },
  }
}

test("a tag that was read under a marker is known as long as it is proved", async () => {
  const { clock, coherence, known, look } = bed()
  await look(5)
  expect(known()?.clock).toEqual(at(5))
  await clock.advance(maxStalenessMs)
  expect(known()).toBeDefined()
  await clock.advance(1)
  expect(known()).toBeUndefined()
  coherence.server.provedMs = clock.monotonic()
  expect(known()).toBeDefined()
})

test("after half a minute a tag is read again, and stays the same for whoever holds on to it", async () => {
  const { clock, coherence, known, look } = bed()
  await look(3)
  const held = known()
  await clock.advance(29_999)
  coherence.server.provedMs = clock.monotonic()
  expect(known()).toBe(held)
  await clock.advance(1)
  coherence.server.provedMs = clock.monotonic()
  expect(known()).toBeUndefined()
  expect(held?.covers(at(3), clock.monotonic(), maxStalenessMs)).toBe(true)
  await look(4)
  expect(known()).toBe(held)
  expect(held?.clock).toEqual(at(4))
})

test("a fence ends it, and so it ends for whoever holds on to it", async () => {
  const { clock, coherence, known, look } = bed()
  await look(5)
  const held = known()
  coherence.server.fence += 1
  expect(known()).toBeUndefined()
  expect(held?.covers(at(9), clock.monotonic(), maxStalenessMs)).toBe(false)
})

test.each<[string, (bed: Bed) => void]>([
  ["the tag has changed", ({ coherence }) => coherence.tell({ is: "tag", key: tag.key, clock: at(3) })],
  ["this process begins to invalidate it", ({ table }) => table.invalidated([tag], undefined)],
  ["this process has invalidated it", ({ table }) => table.invalidated([tag], at(6))],
  ["its server was fenced", ({ coherence }) => void (coherence.server.fence += 1)],
  ["another server vouches for it", ({ coherence }) => void (coherence.vouching = { fence: 0, provedMs: 1000 })],
  ["nobody vouches for it any more", ({ coherence }) => void (coherence.vouching = undefined)],
])("what was read is not kept if meanwhile %s", async (_what, happens) => {
  const scene = bed()
  const { vouching } = scene.coherence
  await scene.look(5, () => happens(scene))
  scene.coherence.vouching = vouching
  expect(scene.known()).toBeUndefined()
  expect(scene.table.known.size).toBe(0)
})

test("what is read while its server is not proved is not kept", async () => {
  const { coherence, clock, known, look } = bed()
  coherence.server.provedMs = -Infinity
  await look(5, () => void (coherence.server.provedMs = clock.monotonic()))
  expect(known()).toBeUndefined()
})

test("only a complete tag is kept, and only for those who accept a proof", async () => {
  const { table, looks, clock, known } = bed()
  for (const is of ["absent", "half-made"] as const) {
    const looking = table.look(tag, maxStalenessMs)
    await clock.settle()
    looks.at(-1)?.resolve({ is })
    expect(await looking).toEqual({ is })
  }
  const looking = table.look(tag, undefined)
  await clock.settle()
  looks.at(-1)?.resolve({ is: "complete", clock: at(5) })
  await looking
  expect(known()).toBeUndefined()
})

test("news raise a known tag of the same era, never lower it, end it in another, and never make one", async () => {
  const { coherence, known, look } = bed()
  coherence.tell({ is: "tag", key: tag.key, clock: at(7) })
  expect(known()).toBeUndefined()
  await look(5)
  const held = known()
  coherence.tell({ is: "tag", key: tag.key, clock: at(8) })
  coherence.tell({ is: "tag", key: tag.key, clock: at(6) })
  coherence.tell({ is: "key", key: tag.key })
  expect(known()?.clock).toEqual(at(8))
  coherence.tell({ is: "tag", key: tag.key, clock: at(9, otherEra) })
  expect(known()).toBeUndefined()
  coherence.tell({ is: "tag", key: tag.key, clock: at(10) })
  expect(held?.clock).toBe("dead")
})

test("an own invalidation ends a known tag at its start, and raises one that was read since when it is acknowledged", async () => {
  const { table, known, look } = bed()
  await look(5)
  table.invalidated([tag], undefined)
  expect(known()).toBeUndefined()
  await look(5)
  table.invalidated([tag], at(6))
  expect(known()?.clock).toEqual(at(6))
})

test("a failed look leaves nothing behind", async () => {
  const { table, looks, clock } = bed()
  const looking = table.look(tag, maxStalenessMs)
  await clock.settle()
  looks.at(-1)?.reject(new Error("off"))
  await expect(looking).rejects.toThrow("off")
  expect(table.known.size).toBe(0)
})

test("tags that leave for want of room end for whoever holds on to them", async () => {
  const { table, looks, clock } = bed(2)
  const held: (KnownTag | undefined)[] = []
  for (const name of ["a", "b", "c"]) {
    const looking = table.look(table.addressOf(name), maxStalenessMs)
    await clock.settle()
    looks.at(-1)?.resolve({ is: "complete", clock: at(1) })
    await looking
    held.push(table.known.find(table.addressOf(name).key, clock.monotonic(), maxStalenessMs))
  }
  expect(table.known.size).toBe(2)
  expect(held.map((known) => known?.covers(at(1), clock.monotonic(), maxStalenessMs))).toEqual([false, true, true])
})

test("a tag that is asked for again and again, as that of a cache is, stays while others leave for want of room", async () => {
  const { table, looks, clock, known, look } = bed(2)
  await look(1)
  const held = known()
  for (const name of ["a", "b", "c", "d"]) {
    const looking = table.look(table.addressOf(name), maxStalenessMs)
    await clock.settle()
    looks.at(-1)?.resolve({ is: "complete", clock: at(1) })
    await looking
    expect(known()).toBe(held)
  }
  expect(table.known.size).toBe(2)
})

test("whatever changes a known tag is a doubt, and news that it has heard before is none", () => {
  const doubts = { count: 0 }
  const known = new KnownTag({ fence: 0, provedMs: 0 }, at(5), doubts)
  const doubtsAfter = (change: () => void): number => {
    const { count } = doubts
    change()
    return doubts.count - count
  }
  expect(doubtsAfter(() => known.raise(at(5)))).toBe(0)
  expect(doubtsAfter(() => known.raise(at(6)))).toBe(1)
  expect(doubtsAfter(() => known.readAgain(known.witness, at(6), 1))).toBe(0)
  expect(doubtsAfter(() => known.readAgain(known.witness, at(7), 1))).toBe(1)
  expect(doubtsAfter(() => known.doubt())).toBe(1)
  expect(doubtsAfter(() => known.raise(at(7, otherEra)))).toBe(1)
  const other = new KnownTag({ fence: 0, provedMs: 0 }, at(5), doubts)
  expect(doubtsAfter(() => other.drop())).toBe(1)
})

test("a known tag covers clocks of its era that are not earlier than it", () => {
  const known = new KnownTag({ fence: 0, provedMs: 0 }, at(5), { count: 0 })
  const covers = (clock: TagClock): boolean => known.covers(clock, maxStalenessMs, maxStalenessMs)
  expect([at(4), at(5), at(6), at(6, otherEra)].map(covers)).toEqual([false, true, true, false])
  expect(known.covers(at(6), maxStalenessMs + 1, maxStalenessMs)).toBe(false)
})

test("a tag that somebody has written to proves nothing until it was read again, and then what it says now", async () => {
  const { clock, coherence, known, look } = bed()
  await look(5)
  const held = known()
  coherence.tell({ is: "touched", key: tag.key })
  expect(known()).toBeUndefined()
  expect(held?.covers(at(5), clock.monotonic(), maxStalenessMs)).toBe(false)
  await look(5)
  expect(known()).toBe(held)
  expect(held?.covers(at(5), clock.monotonic(), maxStalenessMs)).toBe(true)
  coherence.tell({ is: "touched", key: tag.key })
  await look(6)
  expect(held?.covers(at(5), clock.monotonic(), maxStalenessMs)).toBe(false)
  expect(held?.covers(at(6), clock.monotonic(), maxStalenessMs)).toBe(true)
})

test("a tag that is gone when it is read again stays in doubt", async () => {
  const { clock, coherence, table, looks, known, look } = bed()
  await look(5)
  coherence.tell({ is: "touched", key: tag.key })
  const looking = table.look(tag, maxStalenessMs)
  await clock.settle()
  looks.at(-1)?.resolve({ is: "absent" })
  await looking
  expect(known()).toBeUndefined()
})

test("what a read found is not believed if somebody wrote to the tag before its answer came", async () => {
  const { coherence, known, look } = bed()
  await look(5, () => coherence.tell({ is: "touched", key: tag.key }))
  expect(known()).toBeUndefined()
  coherence.tell({ is: "touched", key: "test:{tag#another}" })
  await look(5)
  expect(known()?.clock).toEqual(at(5))
})

test("a tag clock that somebody has written to is read again", async () => {
  const { coherence, table } = bed()
  await table.clock.get()
  coherence.tell({ is: "touched", key: "test:{tag#another}" })
  expect(table.clock.known).toBeDefined()
  coherence.tell({ is: "touched", key: "test:{clock#tags}" })
  expect(table.clock.known).toBeUndefined()
})

test("there is room for the groups of near caches besides", async () => {
  const { table, looks, clock } = bed(1)
  table.makeRoom(1)
  for (const name of ["a", "b", "c"]) {
    const looking = table.look(table.addressOf(name), maxStalenessMs)
    await clock.settle()
    looks.at(-1)?.resolve({ is: "complete", clock: at(1) })
    await looking
  }
  expect(table.known.size).toBe(2)
})
