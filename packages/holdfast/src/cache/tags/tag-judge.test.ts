import { expect, test } from "vitest"
import type { TagClock, TagStore } from "../../contracts/tag-store.ts"
import { entryAddress } from "../../entry/key.ts"
import { clearTagAddress } from "../../entry/tag-address.ts"
import { memoryStore } from "../../stores/memory/memory-store.ts"
import { seededRandom } from "../../testing/seeded-random.ts"
import { virtualClock } from "../../testing/virtual-clock.ts"
import { CacheStats } from "../cache-stats.ts"
import { counting } from "../cache.fixture.ts"
import { Journal } from "../journal.ts"
import { nearSettings } from "../near-settings.ts"
import { scriptedCoherence } from "./coherence.fixture.ts"
import { TagJudge } from "./tag-judge.ts"
import { TagMaker } from "./tag-maker.ts"
import { TagTable } from "./tag-table.ts"

const maxStalenessMs = 2000
const clearTag = clearTagAddress("test", "item")
const address = entryAddress("test", "item", "a")

/** A judge that may rely on proofs, and a store in which the tags of its entries have been made. */
async function bed(proofs: "accepted" | "refused" = "accepted") {
  const clock = virtualClock()
  const random = seededRandom(1)
  const { store, count } = counting(memoryStore({ clock, random }))
  const coherence = scriptedCoherence(clock.monotonic())
  const tagTable = new TagTable({ namespace: "test", store, clock, coherence })
  const tagMaker = new TagMaker({ store, clock, random, tagTable })
  const recorded = await store.readTagClock()
  const stamp = { clock: recorded, tags: ["t"] }
  const journal = new Journal({ store, tellTags: async () => [], clock, random, limit: 9, report: undefined })
  const failures: unknown[] = []
  const near = proofs === "accepted" ? nearSettings({ maxStaleness: "2s" }) : undefined
  const settings = { clearTag, near }
  const judge = new TagJudge(settings, { clock, journal, tagTable }, new CacheStats(), (error) => failures.push(error))
  await tagMaker.make(judge.tagsOf(address, stamp), recorded, 60_000)
  count.reset()
  return { clock, store, count, coherence, tagTable, journal, judge, stamp, failures }
}

/** What another process does: this one only hears of it. */
async function invalidate(store: TagStore, name: "t" | "clear"): Promise<{ key: string; clock: TagClock }> {
  const tag =
    name === "clear" ? clearTag : new TagTable({ namespace: "test", store, clock: virtualClock() }).addressOf(name)
  const clock = await store.advanceTagClock()
  await store.invalidateTag(tag, clock)
  return { key: tag.key, clock }
}

test("once its tags are known under a proof, an entry is judged at once and without the store", async () => {
  const { judge, stamp, count } = await bed()
  expect(judge.proofsOf(address, stamp)).toBeUndefined()
  expect(await judge.judge(address, stamp, judge.lookAhead(address))).toBe("valid")
  expect(count.calls.get("lookTags")).toBe(2)
  expect(judge.lookAhead(address)).toBeUndefined()
  expect(judge.judge(address, stamp)).toBe("valid")
  expect(judge.proofsOf(address, stamp)).toHaveLength(2)
  expect(count.calls.get("lookTags")).toBe(2)
})

test("without a proof that is young enough, and where none is accepted, tags are read each time", async () => {
  const { judge, stamp, count, clock } = await bed()
  await judge.judge(address, stamp)
  await clock.advance(maxStalenessMs + 1)
  await judge.judge(address, stamp)
  expect(count.calls.get("lookTags")).toBe(4)
  const strict = await bed("refused")
  await strict.judge.judge(address, strict.stamp)
  await strict.judge.judge(address, strict.stamp)
  expect(strict.count.calls.get("lookTags")).toBe(4)
})

test.each(["t", "clear"] as const)("an entry is dead as soon as it is heard that %s was invalidated", async (name) => {
  const { judge, stamp, coherence, store, tagTable } = await bed()
  await judge.judge(address, stamp)
  await tagTable.clock.get()
  const proofs = judge.proofsOf(address, stamp)
  const change = await invalidate(store, name)
  expect(judge.judge(address, stamp)).toBe("valid")
  coherence.tell({ is: "tag", ...change })
  expect(judge.judge(address, stamp)).toBe("dead")
  expect(proofs?.every((proof) => proof.covers(stamp.clock, 1000, maxStalenessMs))).toBe(false)
  expect(tagTable.clock.known).toEqual(change.clock)
})

test("a mismatch makes the clock unknown, unless it is known to be as late as the tag", async () => {
  const { judge, stamp, store, tagTable, clock } = await bed("refused")
  await tagTable.clock.get()
  await clock.advance(1)
  await invalidate(store, "t")
  expect(await judge.judge(address, stamp)).toBe("dead")
  expect(tagTable.clock.known).toBeUndefined()
  await clock.advance(1)
  await tagTable.clock.get()
  expect(await judge.judge(address, stamp)).toBe("dead")
  expect(tagTable.clock.known).toMatchObject({ counter: 1 })
})

test("a tag whose look fails leaves an entry unknown, unless another one has killed it", async () => {
  const { judge, stamp, store, tagTable, failures } = await bed("refused")
  const look = tagTable.look.bind(tagTable)
  tagTable.look = (tag, staleness) => (tag === clearTag ? Promise.reject(new Error("off")) : look(tag, staleness))
  expect(await judge.judge(address, stamp)).toBe("unknown")
  expect(failures).toHaveLength(1)
  await invalidate(store, "t")
  expect(await judge.judge(address, stamp)).toBe("dead")
})

test("an entry without a stamp, and one of another era, are dead", async () => {
  const { judge, stamp } = await bed()
  expect(judge.judge(address, undefined)).toBe("dead")
  const other = { ...stamp, clock: { ...stamp.clock, era: "f".repeat(32) } }
  expect(await judge.judge(address, other)).toBe("dead")
})
