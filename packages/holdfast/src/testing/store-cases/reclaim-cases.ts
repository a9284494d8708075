import assert from "node:assert/strict"
import type { Reclaimed, TagIndexStore } from "../../contracts/tag-index-store.ts"
import type { TagClock } from "../../contracts/tag-store.ts"
import type { StoreCase, StoreKey, StoreScene } from "./store-scene.ts"
import { indexed } from "./tag-index-cases.ts"

const longMs = 60_000
const shortMs = 200
const tag = "category:7"

/** Reclaiming the memory of entries that are dead by a tag: those and nothing else. */
export const reclaimCases: readonly StoreCase[] = [
  indexed("an entry that recorded a time before that of the tag is freed", async (given) => {
    const { key, before } = await stocked(given.scene)
    assert.equal(await reclaim(given.index, key, before), "freed")
    assert.equal(await key.text(), undefined)
    assert.equal(await reclaim(given.index, key, before), "gone")
  }),
  indexed("an entry that recorded that time, or a later one, stays", async ({ scene, index }) => {
    const { key, before } = await stocked(scene)
    for (const counter of [before.counter - 1, before.counter - 2]) {
      assert.equal(await reclaim(index, key, { ...before, counter }), "stays")
      assert.equal(await key.text(), "old")
    }
  }),
  indexed("an entry of another era stays", async ({ scene, index }) => {
    const { key, before } = await stocked(scene)
    assert.equal(await reclaim(index, key, { ...before, era: "f".repeat(32) }), "stays")
    assert.equal(await key.text(), "old")
  }),
  indexed("an entry that does not carry the tag stays", async ({ scene, index }) => {
    for (const tags of [[], ["category:8"], ["category:77", "category"], ["x", "ategory:7", `${tag}x`]]) {
      const { key, before } = await stocked(scene, tags)
      assert.equal(await reclaim(index, key, before), "stays")
      assert.equal(await key.text(), "old")
    }
  }),
  indexed("an entry is freed by whichever of its tags", async ({ scene, index }) => {
    for (const tags of [
      [tag, "ü"],
      ["ü", tag],
      ["a", "ü", tag, "b"],
    ]) {
      const { key, before } = await stocked(scene, tags)
      assert.equal(await reclaim(index, key, before), "freed")
    }
  }),
  indexed("an entry without a record of tags stays", async ({ scene, index }) => {
    const key = scene.key()
    await key.stock("bare")
    assert.equal(await reclaim(index, key, await scene.store.advanceTagClock()), "stays")
    assert.equal(await key.text(), "bare")
  }),
  indexed("a lease that is held stays, fills, and is told apart", async ({ scene, index }) => {
    const { key, before } = await stocked(scene)
    const grant = await key.win({ rejected: await key.id() })
    assert.equal(await reclaim(index, key, before), "freed-busy")
    assert.equal(await reclaim(index, key, before), "stays")
    assert.equal(await key.fillUnder(grant, "new", { stamp: { clock: before, tags: [tag] } }), "stored")
    assert.equal(await reclaim(index, key, before), "stays")
    assert.equal(await key.text(), "new")
  }),
  indexed("a window that is open stays, and stores", async ({ scene, index }) => {
    const { key, before } = await stocked(scene)
    const window = await key.open()
    assert.equal(await reclaim(index, key, before), "freed-busy")
    assert.equal(await key.close(window, "new"), "stored")
    assert.equal(await key.text(), "new")
  }),
  indexed("nobody is woken", async ({ scene, index }) => {
    const { key, before } = await stocked(scene)
    const heard = key.listen()
    await reclaim(index, key, before)
    await scene.advance(50)
    heard.end()
    assert.deepEqual(heard.reasons, [])
  }),
  indexed("the version of what is freed still refuses older ones", async ({ scene, index }) => {
    const { key, before } = await stocked(scene, [tag], { version: 5 })
    assert.equal(await reclaim(index, key, before), "freed")
    assert.equal(await key.fillUnder(await key.win(), "older", { version: 4 }), "older")
    assert.equal(await key.fillUnder(await key.win(), "same", { version: 5 }), "stored")
  }),
  indexed("it does so for as long as was asked for, and no longer than the entry would have", async (given) => {
    const { scene, index } = given
    const brief = await stocked(scene, [tag], { version: 5 })
    const ending = await stocked(scene, [tag], { version: 5, keepMs: shortMs })
    assert.equal(await reclaim(index, brief.key, brief.before, shortMs), "freed")
    assert.equal(await reclaim(index, ending.key, ending.before), "freed")
    await scene.advance(shortMs + 50)
    for (const { key } of [brief, ending])
      assert.equal(await key.fillUnder(await key.win(), "older", { version: 4 }), "stored")
  }),
]

/** An entry that was dead by its tags from a time on. */
async function stocked(
  scene: StoreScene,
  tags: readonly string[] = [tag],
  options: { readonly version?: number; readonly keepMs?: number } = {},
): Promise<{ readonly key: StoreKey; readonly before: TagClock }> {
  const { store } = scene
  const key = scene.key()
  const clock = await store.advanceTagClock()
  await key.stock("old", { ...options, stamp: { clock, tags } })
  return { key, before: await store.advanceTagClock() }
}

function reclaim(
  index: TagIndexStore,
  { address }: StoreKey,
  before: TagClock,
  tombstoneMs: number = longMs,
): Promise<Reclaimed> {
  return index.reclaim(address, { tag, before, tombstoneMs })
}
