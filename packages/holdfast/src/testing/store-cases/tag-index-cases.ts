import assert from "node:assert/strict"
import type { IndexPage, TagIndexStore } from "../../contracts/tag-index-store.ts"
import type { StoreCase, StoreScene } from "./store-scene.ts"
import type { StoreTag } from "./store-tag.ts"

const shortMs = 200
const longMs = 60_000
const pageSize = 3

/** Which entries carry a tag: what is listed, in which order, and for how long. */
export const tagIndexCases: readonly StoreCase[] = [
  indexed("an index that nobody has listed anything in has no entries and no birth", async ({ index, tag }) => {
    const page = await pageOf(index, tag)
    assert.deepEqual([page.entries, page.birth], [[], undefined])
  }),
  indexed("what is listed is found, and since when nothing was lost", async ({ index, tag }) => {
    const before = await pageOf(index, tag)
    await index.listEntries(tag.address, [entry("a", longMs), entry("b", longMs)])
    const page = await pageOf(index, tag)
    assert.deepEqual(keysOf(page), ["a", "b"])
    assert.ok(page.birth !== undefined && page.birth.atMs >= before.nowMs && page.birth.atMs <= page.nowMs)
    assert.ok(page.entries.every(({ endMs }) => endMs >= before.nowMs + longMs && endMs <= page.nowMs + longMs))
  }),
  indexed("the birth of an index stays while it has entries, whoever lists more", async ({ index, tag, scene }) => {
    await index.listEntries(tag.address, [entry("a", longMs)])
    const { birth } = await pageOf(index, tag)
    await scene.advance(10)
    await index.listEntries(tag.address, [entry("b", shortMs)])
    assert.deepEqual((await pageOf(index, tag)).birth, birth)
  }),
  indexed("an index that was lost is born anew with the next entry", async ({ index, tag, scene }) => {
    await index.listEntries(tag.address, [entry("a", longMs)])
    const first = await pageOf(index, tag)
    await scene.advance(10)
    await scene.subject.evict(tag.address.index)
    assert.equal((await pageOf(index, tag)).birth, undefined)
    await index.listEntries(tag.address, [entry("b", longMs)])
    const page = await pageOf(index, tag)
    assert.deepEqual(keysOf(page), ["b"])
    assert.ok(page.birth !== undefined && first.birth !== undefined && page.birth.atMs > first.birth.atMs)
    assert.notEqual(page.birth.name, first.birth.name)
  }),
  indexed("a tag that is lost or invalidated takes nothing off its index", async ({ index, tag }) => {
    await tag.make()
    await index.listEntries(tag.address, [entry("a", longMs)])
    const { birth } = await pageOf(index, tag)
    await tag.invalidate()
    await tag.evict()
    const page = await pageOf(index, tag)
    assert.deepEqual([keysOf(page), page.birth], [["a"], birth])
  }),
  indexed("an entry of a short life does not end one of a long life before it", async ({ index, tag, scene }) => {
    await index.listEntries(tag.address, [entry("long", longMs)])
    await index.listEntries(tag.address, [entry("short", shortMs)])
    await index.listEntries(tag.address, [entry("long", shortMs)])
    await scene.advance(shortMs + 50)
    assert.deepEqual(keysOf(await pageOf(index, tag)), ["long"])
  }),
  indexed("an index leaves with the last of its entries", async ({ index, tag, scene }) => {
    await index.listEntries(tag.address, [entry("a", shortMs), entry("b", shortMs / 2)])
    await scene.advance(shortMs + 50)
    const page = await pageOf(index, tag)
    assert.deepEqual([page.entries, page.birth], [[], undefined])
  }),
  indexed("an entry that is listed again lives longer, and its listing is another one", async ({ index, tag }) => {
    await index.listEntries(tag.address, [entry("a", shortMs)])
    const read = await pageOf(index, tag)
    for (const lifeMs of [longMs, shortMs, longMs]) {
      const [before] = (await pageOf(index, tag)).entries
      await index.listEntries(tag.address, [entry("a", lifeMs)])
      const [after, ...others] = (await pageOf(index, tag)).entries
      assert.deepEqual(others, [])
      assert.ok(before !== undefined && after !== undefined && after.endMs > before.endMs)
    }
    assert.notEqual(await index.unlistEntries(tag.address, read.entries, read.state ?? ""), undefined)
    assert.deepEqual(keysOf(await pageOf(index, tag)), ["a"])
  }),
  indexed("what is taken off is gone, and the last one takes the index with it", async ({ index, tag }) => {
    await index.listEntries(tag.address, [entry("a", longMs), entry("b", longMs * 2)])
    const { entries, state = "" } = await pageOf(index, tag)
    const next = await index.unlistEntries(tag.address, entries.slice(1), state)
    assert.deepEqual(keysOf(await pageOf(index, tag)), ["a"])
    assert.equal((await pageOf(index, tag)).state, next)
    await index.unlistEntries(tag.address, entries, next ?? "")
    const page = await pageOf(index, tag)
    assert.deepEqual([page.entries, page.birth], [[], undefined])
  }),
  indexed("nothing is taken off by who has read it before somebody else took something off", async ({ index, tag }) => {
    for (const rest of [[], [entry("b", longMs)]]) {
      await index.listEntries(tag.address, [entry("a", longMs), ...rest])
      const [one, other] = [await pageOf(index, tag), await pageOf(index, tag)]
      assert.equal(one.state, other.state)
      const first = one.entries.filter(({ key }) => key === "a")
      assert.notEqual(await index.unlistEntries(tag.address, first, one.state ?? ""), undefined)
      await index.listEntries(tag.address, [entry("a", longMs)])
      assert.equal(await index.unlistEntries(tag.address, first, other.state ?? ""), undefined)
      assert.ok(keysOf(await pageOf(index, tag)).includes("a"))
    }
  }),
  indexed("taking something off an index that is not there does nothing", async ({ index, tag }) => {
    assert.equal(await index.unlistEntries(tag.address, [{ key: "a", endMs: 1 }], "0".repeat(32)), undefined)
    assert.equal((await pageOf(index, tag)).birth, undefined)
  }),
  indexed("page after page lists everything once, what ends together in one page", async ({ index, tag }) => {
    const together = Array.from({ length: 4 }, (_, n) => entry(`together-${n}`, longMs))
    const apart = Array.from({ length: 7 }, (_, n) => entry(`apart-${n}`, longMs + 1 + n))
    await index.listEntries(tag.address, [...apart, ...together])
    const pages: string[][] = []
    for (let afterMs: number | undefined; pages.length < 20;) {
      const { entries } = await pageOf(index, tag, afterMs)
      if (entries.length === 0) break
      pages.push(entries.map(({ key }) => key))
      afterMs = entries.at(-1)?.endMs
    }
    assert.deepEqual(
      pages.map((page) => page.length),
      [4, 3, 3, 1],
    )
    assert.deepEqual(
      pages.flat(),
      [...together, ...apart].map(({ key }) => key),
    )
  }),
  indexed("listing entries in plenty takes those off that have ended", async ({ index, tag, scene }) => {
    const listed = (name: string, lifeMs: number, count = 100) =>
      Array.from({ length: count }, (_, n) => entry(`${name}-${n}`, lifeMs))
    await index.listEntries(tag.address, listed("short", shortMs))
    await scene.advance(shortMs + 50)
    await index.listEntries(tag.address, listed("long", longMs))
    const { entries } = await pageOf(index, tag, undefined, 1000)
    assert.equal(entries.length, 100)
    assert.ok(entries.every(({ key }) => key.startsWith("long")))
  }),
  indexed("the longest life of a listed entry only rises, and is lost with its era", async ({ index, scene }) => {
    const none = await index.listedLife(0)
    assert.equal(none.longestMs, 0)
    assert.deepEqual(await index.listedLife(5000), { ...none, longestMs: 5000 })
    assert.deepEqual(await index.listedLife(1000), { ...none, longestMs: 5000 })
    const clock = await scene.store.advanceTagClock()
    assert.deepEqual(await index.listedLife(0), { clock, longestMs: 5000 })
    assert.deepEqual(await scene.store.readTagClock(), clock)
    await scene.forgetTagClock()
    const lost = await index.listedLife(0)
    assert.notEqual(lost.clock.era, clock.era)
    assert.equal(lost.longestMs, 0)
  }),
]

interface IndexScene {
  readonly scene: StoreScene
  readonly index: TagIndexStore
  readonly tag: StoreTag
}

/** A case for those stores that keep indexes. */
export function indexed(name: string, run: (given: IndexScene) => Promise<void>): StoreCase {
  return {
    name,
    async run(scene) {
      const index = scene.store.tagIndex
      if (index !== undefined) await run({ scene, index, tag: scene.tag() })
    },
  }
}

function entry(key: string, lifeMs: number): { readonly key: string; readonly lifeMs: number } {
  return { key, lifeMs }
}

export function pageOf(
  index: TagIndexStore,
  tag: StoreTag,
  afterMs?: number,
  limit: number = pageSize,
): Promise<IndexPage> {
  return index.listedEntries(tag.address, { afterMs, limit })
}

function keysOf({ entries }: IndexPage): string[] {
  return entries.map(({ key }) => key).toSorted()
}
