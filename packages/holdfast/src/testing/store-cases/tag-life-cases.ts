import assert from "node:assert/strict"
import type { StoreCase, StoreScene } from "./store-scene.ts"
import type { StoreTag } from "./store-tag.ts"

const shortMs = 200
const longMs = 60_000

/** How long tags live, and what is left after them (R7): nothing that could be believed. */
export const tagLifeCases: readonly StoreCase[] = [
  {
    name: "a tag lives as long as was asked for, half-made or complete, and is absent then",
    async run(scene) {
      const [half, made] = [scene.tag(), scene.tag()]
      await half.beginHalf({ keepMs: shortMs })
      await made.make(shortMs)
      await scene.advance(shortMs + 50)
      assert.deepEqual([await half.state(), await made.state()], ["absent", "absent"])
      await made.invalidate()
      assert.equal(await made.state(), "absent")
    },
  },
  lives("a half-made tag lives longer once somebody else begins it for longer", async (tag) => {
    await tag.beginHalf({ keepMs: shortMs })
    await tag.beginHalf({ keepMs: longMs })
  }),
  lives("who begins a half-made tag for a shorter time does not shorten its life", async (tag) => {
    await tag.beginHalf({ keepMs: longMs })
    await tag.beginHalf({ keepMs: shortMs })
  }),
  lives("a complete tag lives longer once it is begun for longer", async (tag) => {
    await tag.make(shortMs)
    assert.equal((await tag.begin({ keepMs: longMs })).is, "complete")
  }),
  lives("who begins a complete tag for a shorter time does not shorten its life", async (tag) => {
    await tag.make(longMs)
    assert.equal((await tag.begin({ keepMs: shortMs })).is, "complete")
  }),
  lives("completing a tag lets it live longer", async (tag, { store }) => {
    const incarnation = await tag.beginHalf({ keepMs: shortMs })
    assert.equal(await tag.complete(incarnation, await store.readTagClock(), longMs), "complete")
  }),
  lives("completing a tag never shortens its life, nor does completing it again", async (tag, { store }) => {
    const incarnation = await tag.beginHalf({ keepMs: longMs })
    const clock = await store.readTagClock()
    assert.equal(await tag.complete(incarnation, clock, shortMs), "complete")
    assert.equal(await tag.complete(incarnation, clock, shortMs), "complete")
  }),
  lives(
    "a tag that somebody else has completed lives longer once it is completed for longer",
    async (tag, { store }) => {
      const incarnation = await tag.beginHalf({ keepMs: shortMs })
      const clock = await store.readTagClock()
      assert.equal(await tag.complete(incarnation, clock, shortMs), "complete")
      assert.equal(await tag.complete(incarnation, clock, longMs), "complete")
    },
  ),
  lives("an invalidation does not shorten the life of a tag", async (tag) => {
    await tag.make(longMs)
    await tag.invalidate()
  }),
  {
    name: "an invalidation does not let a tag live longer",
    async run(scene) {
      const tag = scene.tag()
      await tag.make(shortMs)
      await tag.invalidate()
      await scene.advance(shortMs + 50)
      assert.equal(await tag.state(), "absent")
    },
  },
  {
    name: "a half-made tag may be evicted: who completes it makes nothing",
    async run(scene) {
      const tag = scene.tag()
      const incarnation = await tag.beginHalf()
      await tag.evict()
      assert.equal(await tag.complete(incarnation, await scene.store.readTagClock()), "other")
      assert.equal(await tag.state(), "absent")
    },
  },
]

/** A tag that has come about in this way is still there after the shorter life. */
function lives(name: string, prepare: (tag: StoreTag, scene: StoreScene) => Promise<void>): StoreCase {
  return {
    name,
    async run(scene) {
      const tag = scene.tag()
      await prepare(tag, scene)
      await scene.advance(shortMs + 50)
      assert.notEqual(await tag.state(), "absent")
    },
  }
}
